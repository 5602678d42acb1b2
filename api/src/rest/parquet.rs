//! Entities as Parquet, one row group at a time.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use parquet::{
    basic::{Compression, ZstdLevel},
    data_type::{ByteArray, ByteArrayType, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use raadhuis_store::{Latest, Stored, Thing};

use super::line::entity_fields;
use crate::graphql::rights::METADATA_LICENSE;

/// The columns. `entity` holds all fields as JSON; the others are for selection.
const COLUMNS: &str = "message raadhuis {
    required binary id (UTF8);
    required binary kind (UTF8);
    required binary authority (UTF8);
    optional binary name (UTF8);
    optional binary day (UTF8);
    required binary source (UTF8);
    required int64 first_seen (TIMESTAMP(MILLIS, true));
    required int64 harvested (TIMESTAMP(MILLIS, true));
    required int64 cursor;
    required binary content_hash (UTF8);
    required binary entity (UTF8);
    required binary license (UTF8);
}";

/// Bytes that were written and not taken yet.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take_bytes(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a file, one row group at a time.
pub struct ParquetWriter {
    file: SerializedFileWriter<Sink>,
    sink: Sink,
}

impl ParquetWriter {
    /// Begins a file whose metadata holds the cursor at which the feed continues.
    pub fn begin_file(cursor: i64) -> Result<Self, String> {
        let schema = parse_message_type(COLUMNS).map_err(error_text)?;
        let level = ZstdLevel::try_new(3).map_err(error_text)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_key_value_metadata(Some(vec![KeyValue::new("cursor".to_owned(), cursor.to_string())]))
            .build();
        let sink = Sink::default();
        let file = SerializedFileWriter::new(sink.clone(), Arc::new(schema), Arc::new(properties));
        Ok(Self { file: file.map_err(error_text)?, sink })
    }

    /// Writes the living entities as a row group and returns its bytes.
    pub fn write_group(&mut self, rows: &[Latest]) -> Result<Bytes, String> {
        let living: Vec<(&Latest, &Stored)> = rows
            .iter()
            .filter_map(|row| match &row.thing {
                Thing::Living(stored) => Some((row, &**stored)),
                Thing::Gone(_) => None,
            })
            .collect();
        let mut group = self.file.next_row_group().map_err(error_text)?;
        let text = |of: &dyn Fn(&Latest, &Stored) -> Option<String>| -> Vec<Option<String>> {
            living.iter().map(|(row, stored)| of(row, stored)).collect()
        };
        let number = |of: &dyn Fn(&Latest, &Stored) -> i64| -> Vec<i64> {
            living.iter().map(|(row, stored)| of(row, stored)).collect()
        };
        write_required(&mut group, text(&|_, it| Some(it.entity.id().to_string())))?;
        write_required(&mut group, text(&|_, it| Some(it.entity.id().kind().as_str().to_owned())))?;
        write_required(&mut group, text(&|row, _| Some(row.authority.to_string())))?;
        write_optional(&mut group, text(&|_, it| it.entity.name().map(str::to_owned)))?;
        write_optional(&mut group, text(&|_, it| it.entity.day().map(|day| day.to_string())))?;
        write_required(&mut group, text(&|_, it| Some(it.provenance.source.clone())))?;
        write_numbers(&mut group, &number(&|_, it| it.provenance.first_seen.as_millisecond()))?;
        write_numbers(&mut group, &number(&|_, it| it.provenance.harvested.as_millisecond()))?;
        write_numbers(&mut group, &number(&|row, _| row.seq))?;
        write_required(&mut group, text(&|_, it| Some(it.hash.to_string())))?;
        write_required(&mut group, text(&|_, it| Some(entity_fields(it).to_string())))?;
        write_required(&mut group, text(&|_, _| Some(METADATA_LICENSE.to_owned())))?;
        group.close().map_err(error_text)?;
        Ok(self.sink.take_bytes())
    }

    /// Returns the footer, the last bytes of the file.
    pub fn finish_file(self) -> Result<Bytes, String> {
        self.file.close().map_err(error_text)?;
        Ok(self.sink.take_bytes())
    }
}

fn error_text(why: ParquetError) -> String {
    why.to_string()
}

fn to_byte_array(text: String) -> ByteArray {
    ByteArray::from(text.into_bytes())
}

fn write_required(
    group: &mut SerializedRowGroupWriter<'_, Sink>,
    values: Vec<Option<String>>,
) -> Result<(), String> {
    let values: Vec<ByteArray> = values.into_iter().flatten().map(to_byte_array).collect();
    write_column(group, &values, None)
}

fn write_optional(
    group: &mut SerializedRowGroupWriter<'_, Sink>,
    values: Vec<Option<String>>,
) -> Result<(), String> {
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<ByteArray> = values.into_iter().flatten().map(to_byte_array).collect();
    write_column(group, &values, Some(&levels))
}

fn write_column(
    group: &mut SerializedRowGroupWriter<'_, Sink>,
    values: &[ByteArray],
    levels: Option<&[i16]>,
) -> Result<(), String> {
    let mut column =
        group.next_column().map_err(error_text)?.ok_or("the columns are not those of the schema")?;
    column.typed::<ByteArrayType>().write_batch(values, levels, None).map_err(error_text)?;
    column.close().map_err(error_text)
}

fn write_numbers(group: &mut SerializedRowGroupWriter<'_, Sink>, values: &[i64]) -> Result<(), String> {
    let mut column =
        group.next_column().map_err(error_text)?.ok_or("the columns are not those of the schema")?;
    column.typed::<Int64Type>().write_batch(values, None, None).map_err(error_text)?;
    column.close().map_err(error_text)
}
