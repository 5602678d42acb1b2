//! The limits on a query before anything runs, and its cost afterwards.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_graphql::{
    Name, Positioned, Request, Response, ServerError, ServerResult, ValidationResult,
    async_trait::async_trait,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest, NextRequest, NextValidation,
    },
    parser::{
        parse_query,
        types::{ExecutableDocument, FragmentDefinition, OperationType, Selection, SelectionSet},
    },
    value,
};

use super::{DEEPEST, MOST_COMPLEX, persisted::PersistedQueries, query_cache::QueryCache, shape::QueryShape};

/// The maximum length of a query, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// The maximum number of fields of a query. The fields of a fragment count at each spread, and each spread counts as a field.
pub const MOST_FIELDS: usize = 2_000;

/// The maximum nesting of selections, spreads and inline fragments counted. The depth in fields has a limit of its own.
const DEEPEST_NESTING: usize = 32;

/// The maximum number of aliased fields.
pub const MOST_ALIASES: usize = 100;

/// The maximum number of `__schema` and `__type` fields, and of nested schema lists: as many as client generators use.
const MOST_INTROSPECTION: usize = 4;
const MOST_LISTS: usize = 4;
const LISTS: [&str; 5] = ["types", "fields", "inputFields", "interfaces", "possibleTypes"];

/// Marks a request that may only read, because any browser may follow its address.
pub struct OnlyReads;

/// Marks a request on a connection that stays open: only subscriptions are answered there, because everything else has its limits
/// elsewhere.
pub struct OnlyFollows;

/// The error code for a mutation in a request that may only read.
pub const MUTATION_BY_GET: &str = "MUTATION_BY_GET";

/// The extension that checks queries before they run and adds their cost to the response.
#[derive(Default)]
pub struct Limits {
    known: Arc<QueryCache>,
    persisted: Arc<PersistedQueries>,
}

impl ExtensionFactory for Limits {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Measured {
            known: Arc::clone(&self.known),
            persisted: Arc::clone(&self.persisted),
            ..Measured::default()
        })
    }
}

/// The cost of one query.
#[derive(Default)]
struct Measured {
    known: Arc<QueryCache>,
    persisted: Arc<PersistedQueries>,
    complexity: AtomicUsize,
    depth: AtomicUsize,
}

#[async_trait]
impl Extension for Measured {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let response = next.run(ctx).await;
        let (complexity, depth) =
            (self.complexity.load(Ordering::Relaxed), self.depth.load(Ordering::Relaxed));
        if depth == 0 {
            return response;
        }
        let cost = value!({
            "complexity": complexity, "mostComplex": MOST_COMPLEX, "depth": depth, "deepest": DEEPEST
        });
        response.extension("cost", cost)
    }

    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        mut request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let sha256 = self.persisted.fill_in(&mut request)?;
        // This check must come first: any code that follows each spread of a fragment might never end.
        if !request.query.is_empty() {
            let document = self.known.or_read(&request.query, parse_bounded)?;
            request.set_parsed_query(document);
        }
        if let Some(sha256) = sha256 {
            self.persisted.keep_text(sha256, &request.query);
        }
        let mut request = next.run(ctx, request).await?;
        // The mark is on the request itself or on its connection.
        let only_follows = request.data.contains_key(&TypeId::of::<OnlyFollows>())
            || ctx.data_opt::<OnlyFollows>().is_some();
        if only_follows && operation_type(&mut request) != Some(OperationType::Subscription) {
            let why = "only subscriptions are answered here; ask /graphql";
            return Err(error_with_code(why.to_owned(), "SUBSCRIPTIONS_ONLY"));
        }
        if request.data.contains_key(&TypeId::of::<OnlyReads>())
            && operation_type(&mut request) == Some(OperationType::Mutation)
        {
            return Err(error_with_code("a mutation must be sent by POST".to_owned(), MUTATION_BY_GET));
        }
        Ok(request)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        if result.complexity > MOST_COMPLEX {
            return Err(vec![error_with_code("Query is too complex.".to_owned(), "QUERY_TOO_COMPLEX")]);
        }
        self.complexity.store(result.complexity, Ordering::Relaxed);
        self.depth.store(result.depth, Ordering::Relaxed);
        Ok(result)
    }
}

/// The operation type of a request; `None` when it cannot be determined, and validation refuses the request later.
fn operation_type(request: &mut Request) -> Option<OperationType> {
    let chosen = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let mut operations = document.operations.iter();
    let operation = operations
        .find(|(name, _)| chosen.as_deref().is_none_or(|chosen| name.is_some_and(|name| name == chosen)));
    operation.map(|(_, operation)| operation.node.ty)
}

/// Parses a query within all limits on text and fields. Its cost is counted later.
///
/// # Errors
/// The query is too large or invalid.
pub fn parse_bounded(query: &str) -> ServerResult<ExecutableDocument> {
    if query.len() > LONGEST {
        return Err(too_large(format!("the query has {} bytes; at most {LONGEST} are read", query.len())));
    }
    if let Some(excess) = QueryShape::measure(query).describe_excess() {
        return Err(too_large(excess));
    }
    let document = parse_query(query).map_err(|why| {
        let mut error = ServerError::from(why);
        error.extensions.get_or_insert_default().set("code", "GRAPHQL_PARSE_FAILED");
        error
    })?;
    let (fields, aliases) = count_fields(&document);
    if fields > MOST_FIELDS {
        return Err(too_large(format!(
            "the query has more than {MOST_FIELDS} fields, spread fragments counted in full"
        )));
    }
    if aliases > MOST_ALIASES {
        return Err(too_large(format!(
            "the query has {aliases} aliases; at most {MOST_ALIASES} are answered"
        )));
    }
    if is_document_deeper(&document, DEEPEST_NESTING, weigh_nesting)
        || is_document_deeper(&document, DEEPEST, weigh_field)
    {
        return Err(error_with_code("Query is nested too deep.".to_owned(), "QUERY_TOO_DEEP"));
    }
    let operations = document.operations.iter();
    let asked: usize = operations
        .map(|(_, it)| count_introspection(&it.node.selection_set.node, &document.fragments, 0))
        .sum();
    if asked > MOST_INTROSPECTION {
        return Err(too_large(
            "the schema is asked for too deep or too often; what builds clients asks for it once".into(),
        ));
    }
    Ok(document)
}

/// Returns whether an operation nests deeper than `deepest`; see [`is_deeper`].
fn is_document_deeper(document: &ExecutableDocument, deepest: usize, weigh: fn(&Selection) -> usize) -> bool {
    let mut proven = HashMap::new();
    document.operations.iter().any(|(_, operation)| {
        is_deeper(&operation.node.selection_set.node, &document.fragments, deepest, weigh, &mut proven)
    })
}

/// Returns whether selections nest deeper than `left`, where each counts as `weigh` says. `proven` holds for each fragment what
/// suffices for it.
fn is_deeper<'a>(
    set: &'a SelectionSet,
    fragments: &'a Fragments,
    left: usize,
    weigh: fn(&Selection) -> usize,
    proven: &mut HashMap<&'a Name, usize>,
) -> bool {
    set.items.iter().any(|item| {
        let Some(left) = left.checked_sub(weigh(&item.node)) else { return true };
        match &item.node {
            Selection::Field(field) => {
                is_deeper(&field.node.selection_set.node, fragments, left, weigh, proven)
            }
            Selection::InlineFragment(inline) => {
                is_deeper(&inline.node.selection_set.node, fragments, left, weigh, proven)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = fragments.get(name) else { return false };
                if proven.get(name).is_some_and(|enough| *enough <= left) {
                    return false;
                }
                let deeper = is_deeper(&fragment.node.selection_set.node, fragments, left, weigh, proven);
                if !deeper {
                    proven.insert(name, left);
                }
                deeper
            }
        }
    })
}

/// Counts every selection with something below it. A fragment that spreads itself is deeper than any limit.
fn weigh_nesting(selection: &Selection) -> usize {
    match selection {
        Selection::Field(field) => usize::from(!field.node.selection_set.node.items.is_empty()),
        Selection::InlineFragment(_) | Selection::FragmentSpread(_) => 1,
    }
}

/// Counts fields, as the depth of a query is defined. For documents in which no fragment spreads itself.
fn weigh_field(selection: &Selection) -> usize {
    usize::from(matches!(selection, Selection::Field(_)))
}

/// Counts the requests for the schema; more than the limit when lists of fields are nested too deep. Each is hundreds of rows,
/// and the GraphQL library counts none of them.
fn count_introspection(set: &SelectionSet, fragments: &Fragments, lists: usize) -> usize {
    set.items
        .iter()
        .map(|item| match &item.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                let lists = lists + usize::from(LISTS.contains(&name));
                let below = &field.node.selection_set.node;
                match name {
                    "__schema" | "__type" => 1 + count_introspection(below, fragments, 1),
                    _ if lists > MOST_LISTS => MOST_INTROSPECTION + 1,
                    _ if lists > 0 => count_introspection(below, fragments, lists),
                    _ => 0,
                }
            }
            Selection::InlineFragment(inline) => {
                count_introspection(&inline.node.selection_set.node, fragments, lists)
            }
            // The field count has passed, so following spreads ends, except in a circle. Validation refuses circles.
            Selection::FragmentSpread(spread) => match fragments.get(&spread.node.fragment_name.node) {
                Some(fragment) if !spreads_itself(&spread.node.fragment_name.node, fragments) => {
                    count_introspection(&fragment.node.selection_set.node, fragments, lists)
                }
                _ => 0,
            },
        })
        .sum()
}

/// Returns whether a fragment leads back to itself.
fn spreads_itself(name: &Name, fragments: &Fragments) -> bool {
    fn collect_spreads(set: &SelectionSet, found: &mut Vec<Name>) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => collect_spreads(&field.node.selection_set.node, found),
                Selection::InlineFragment(inline) => collect_spreads(&inline.node.selection_set.node, found),
                Selection::FragmentSpread(spread) => found.push(spread.node.fragment_name.node.clone()),
            }
        }
    }
    let (mut open, mut seen) = (vec![name.clone()], Vec::new());
    while let Some(next) = open.pop() {
        let mut found = Vec::new();
        fragments
            .get(&next)
            .into_iter()
            .for_each(|it| collect_spreads(&it.node.selection_set.node, &mut found));
        for one in found {
            if one == *name {
                return true;
            }
            if !seen.contains(&one) {
                seen.push(one.clone());
                open.push(one);
            }
        }
    }
    false
}

fn too_large(why: String) -> ServerError {
    error_with_code(why, "QUERY_TOO_LARGE")
}

fn error_with_code(why: String, code: &str) -> ServerError {
    let mut error = ServerError::new(why, None);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Counts the fields and aliases of a document with all fragments spread. The count stops soon above the limits, so that a few
/// fragments cannot keep it busy.
fn count_fields(document: &ExecutableDocument) -> (usize, usize) {
    let mut known = HashMap::new();
    let mut sum = (0_usize, 0_usize);
    for (_, operation) in document.operations.iter() {
        let (fields, aliases) =
            count_selection(&operation.node.selection_set.node, &document.fragments, &mut known, DEEPEST);
        sum = (sum.0.saturating_add(fields), sum.1.saturating_add(aliases));
    }
    sum
}

fn count_selection(
    set: &SelectionSet,
    fragments: &Fragments,
    known: &mut HashMap<Name, Option<(usize, usize)>>,
    depth: usize,
) -> (usize, usize) {
    let mut sum = (0_usize, 0_usize);
    for item in &set.items {
        let (fields, aliases) = match &item.node {
            Selection::Field(field) => {
                let below = count_selection(&field.node.selection_set.node, fragments, known, depth);
                let alias = usize::from(field.node.alias.is_some());
                (below.0.saturating_add(1), below.1.saturating_add(alias))
            }
            Selection::InlineFragment(inline) => {
                count_selection(&inline.node.selection_set.node, fragments, known, depth)
            }
            Selection::FragmentSpread(spread) => {
                // A spread counts as one field, so that many spreads of an empty fragment have a cost.
                let inside = count_fragment(&spread.node.fragment_name.node, fragments, known, depth);
                (inside.0.saturating_add(1), inside.1)
            }
        };
        sum = (sum.0.saturating_add(fields), sum.1.saturating_add(aliases));
    }
    sum
}

/// Counts each fragment once. A fragment that spreads itself counts as nothing here, because validation refuses it. Fragments
/// nested deeper than a query may be are not followed.
fn count_fragment(
    name: &Name,
    fragments: &Fragments,
    known: &mut HashMap<Name, Option<(usize, usize)>>,
    depth: usize,
) -> (usize, usize) {
    if let Some(counted) = known.get(name) {
        return counted.unwrap_or_default();
    }
    let Some(fragment) = fragments.get(name) else { return (0, 0) };
    if depth == 0 {
        return (MOST_FIELDS + 1, 0);
    }
    known.insert(name.clone(), None);
    let counted = count_selection(&fragment.node.selection_set.node, fragments, known, depth - 1);
    known.insert(name.clone(), Some(counted));
    counted
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{
        super::shape::{DEEPEST_NESTING, DEEPEST_SELECTION},
        *,
    };

    #[test]
    fn fragments_count_wherever_they_are_spread_and_circles_end() {
        let count = |text: &str| count_fields(&parse_query(text).unwrap());
        assert_eq!(count("{ a b: c { d } }"), (3, 1));
        assert_eq!(count("{ ...F ...F } fragment F on Q { a x: b }"), (6, 2));
        assert_eq!(count("{ ...F } fragment F on Q { a ...G } fragment G on Q { b ...F }").0, 5);
        let mut bomb = "{ ...F0 }".to_owned();
        for n in 0..20 {
            write!(bomb, " fragment F{n} on Q {{ ...F{m} ...F{m} ...F{m} }}", m = n + 1).unwrap();
        }
        bomb.push_str(" fragment F20 on Q { a }");
        assert!(count(&bomb).0 > MOST_FIELDS);
    }

    /// Everything that can nest, nested so deep.
    fn nested(depth: usize) -> Vec<String> {
        let within = |before: &str, open: &str, middle: &str, close: &str, after: &str| {
            format!("{before}{}{middle}{}{after}", open.repeat(depth), close.repeat(depth))
        };
        vec![
            within("{ node(id: ", "[", "1", "]", ") { id } }"),
            within("{ node(id: ", "{a: ", "1", "}", ") { id } }"),
            format!("{{ node(id: {}1{}) {{ id }} }}", "[{a: ".repeat(depth / 2), "}]".repeat(depth / 2)),
            within("query($a: Int = ", "[", "1", "]", ") { a }"),
            within("query($a: Int = ", "{a: ", "1", "}", ") { a }"),
            within("{ a @skip(if: ", "[", "1", "]", ") }"),
            within("query($a: ", "[", "Int", "]", ") { a }"),
            within("", "{ a ", "", "}", ""),
            within("", "{ ... ", "a", "}", ""),
            within("fragment F on Q ", "{ a ", "", "}", " { a }"),
            within("{ a(b: \"", "[", "", "", "\")"),
            "[".repeat(depth),
            "(".repeat(depth),
            "{ a(b: \"\"\"\" ".to_owned() + &"[".repeat(depth),
        ]
    }

    #[test]
    fn no_depth_of_nesting_overflows_a_small_stack() {
        let work = || {
            for depth in [10, 40, 60, 100, 1_000, 10_000, 30_000] {
                for query in nested(depth) {
                    let parsed = parse_bounded(&query);
                    let is_selection = query.contains("{ a {") || query.contains("{ ... {");
                    let most = if is_selection { DEEPEST_SELECTION } else { DEEPEST_NESTING };
                    let is_deep = depth > most;
                    let is_hidden = query.starts_with("{ a(b: \"[");
                    let code = parsed.as_ref().err().and_then(|why| why.extensions.as_ref()?.get("code"));
                    let is_refused = code == Some(&async_graphql::Value::from("QUERY_TOO_LARGE"));
                    assert_eq!(is_refused, is_deep && !is_hidden, "{depth} {query:.30}");
                }
            }
        };
        std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap().join().unwrap();
    }
}
