//! Media types by file name.

/// The media type for a file extension, with or without its dot.
pub fn media_type(end: &str) -> Option<String> {
    let media_type = match end.trim_start_matches('.').to_lowercase().as_str() {
        "pdf" => "application/pdf",
        "mp3" | "wav" | "m4a" => "audio/mpeg",
        "mp4" | "wmv" | "mov" => "video/mp4",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => return None,
    };
    Some(media_type.to_owned())
}
