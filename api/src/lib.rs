//! The reader: GraphQL and plain pages over store, archive and search engine.
