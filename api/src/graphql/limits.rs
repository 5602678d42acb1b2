//! What a query may hold before anything is done with it, and what it cost afterwards.

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

use super::{DEEPEST, MOST_COMPLEX, known::Known, persisted::PersistedQueries, shape::QueryShape};

/// Bytes of a query.
pub const LONGEST: usize = 64 * 1024;

/// Fields of a query, those of a fragment each time that it is spread, and each spread.
pub const MOST_FIELDS: usize = 2_000;

/// Fields under another name than their own.
pub const MOST_ALIASES: usize = 100;

/// How often a query may ask for the schema, and how many lists of it may stand within one another: as many as what builds clients asks.
const MOST_INTROSPECTION: usize = 4;
const MOST_LISTS: usize = 4;
const LISTS: [&str; 5] = ["types", "fields", "inputFields", "interfaces", "possibleTypes"];

/// Goes with a request that may only read: an address may be followed by anybody's browser.
pub struct OnlyReads;

/// Goes with a request on a connection that stays open: there only what goes on is asked, because all else has its limits elsewhere.
pub struct OnlyFollows;

/// The code of the error for one that wants more.
pub const MUTATION_BY_GET: &str = "MUTATION_BY_GET";

/// Looks at queries.
#[derive(Default)]
pub struct Limits {
    known: Arc<Known>,
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

/// What one query cost.
#[derive(Default)]
struct Measured {
    known: Arc<Known>,
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
        // Before anything else walks over it: what walks fragments as often as they are spread would never end.
        if !request.query.is_empty() {
            let document = self.known.or_read(&request.query, parse_bounded)?;
            request.set_parsed_query(document);
        }
        if let Some(sha256) = sha256 {
            self.persisted.keep(sha256, &request.query);
        }
        let mut request = next.run(ctx, request).await?;
        let only = |why: &str, code| {
            let mut error = ServerError::new(why, None);
            error.extensions.get_or_insert_default().set("code", code);
            Err(error)
        };
        // With a request of its own, or with the connection.
        let only_follows = request.data.contains_key(&TypeId::of::<OnlyFollows>())
            || ctx.data_opt::<OnlyFollows>().is_some();
        if only_follows && asks(&mut request) != Some(OperationType::Subscription) {
            return only("only subscriptions are answered here; ask /graphql", "SUBSCRIPTIONS_ONLY");
        }
        if request.data.contains_key(&TypeId::of::<OnlyReads>())
            && asks(&mut request) == Some(OperationType::Mutation)
        {
            return only("a mutation must be sent by POST", MUTATION_BY_GET);
        }
        Ok(request)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        self.complexity.store(result.complexity, Ordering::Relaxed);
        self.depth.store(result.depth, Ordering::Relaxed);
        Ok(result)
    }
}

/// What a request asks; none where it cannot be told, and then it is refused later.
fn asks(request: &mut Request) -> Option<OperationType> {
    let chosen = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let mut operations = document.operations.iter();
    let named =
        |name: Option<&Name>| chosen.as_deref().is_none_or(|chosen| name.is_some_and(|name| name == chosen));
    operations.find(|(name, _)| named(*name)).map(|(_, operation)| operation.node.ty)
}

/// Parses a query that is within all limits on its text and its fields. Its cost is counted later.
///
/// # Errors
/// It is too large, or no query.
pub fn parse_bounded(query: &str) -> ServerResult<ExecutableDocument> {
    if query.len() > LONGEST {
        return Err(refused(format!("the query has {} bytes; at most {LONGEST} are read", query.len())));
    }
    if let Some(excess) = QueryShape::measure(query).excess() {
        return Err(refused(excess));
    }
    let document = parse_query(query)?;
    let (fields, aliases) = counted(&document);
    if fields > MOST_FIELDS {
        return Err(refused(format!(
            "the query has more than {MOST_FIELDS} fields, spread fragments counted in full"
        )));
    }
    if aliases > MOST_ALIASES {
        return Err(refused(format!("the query has {aliases} aliases; at most {MOST_ALIASES} are answered")));
    }
    let operations = document.operations.iter();
    let asked: usize =
        operations.map(|(_, it)| introspection(&it.node.selection_set.node, &document.fragments, 0)).sum();
    if asked > MOST_INTROSPECTION {
        return Err(refused(
            "the schema is asked for too deep or too often; what builds clients asks for it once".into(),
        ));
    }
    Ok(document)
}

/// How often the schema is asked for; far too often where lists of fields stand within lists of fields. Each is hundreds of rows, and the
/// library counts none of them.
fn introspection(set: &SelectionSet, fragments: &Fragments, lists: usize) -> usize {
    let of = |item: &Positioned<Selection>| match &item.node {
        Selection::Field(field) => {
            let name = field.node.name.node.as_str();
            let lists = lists + usize::from(LISTS.contains(&name));
            let below = &field.node.selection_set.node;
            match name {
                "__schema" | "__type" => 1 + introspection(below, fragments, 1),
                _ if lists > MOST_LISTS => MOST_INTROSPECTION + 1,
                _ if lists > 0 => introspection(below, fragments, lists),
                _ => 0,
            }
        }
        Selection::InlineFragment(inline) => introspection(&inline.node.selection_set.node, fragments, lists),
        // What is spread was counted: it ends, unless it goes in a circle, and then nothing of it is answered.
        Selection::FragmentSpread(spread) => match fragments.get(&spread.node.fragment_name.node) {
            Some(fragment) if !spreads_itself(&spread.node.fragment_name.node, fragments) => {
                introspection(&fragment.node.selection_set.node, fragments, lists)
            }
            _ => 0,
        },
    };
    set.items.iter().map(of).sum()
}

/// Whether a fragment leads back to itself.
fn spreads_itself(name: &Name, fragments: &Fragments) -> bool {
    fn names(set: &SelectionSet, found: &mut Vec<Name>) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => names(&field.node.selection_set.node, found),
                Selection::InlineFragment(inline) => names(&inline.node.selection_set.node, found),
                Selection::FragmentSpread(spread) => found.push(spread.node.fragment_name.node.clone()),
            }
        }
    }
    let (mut open, mut seen) = (vec![name.clone()], Vec::new());
    while let Some(next) = open.pop() {
        let mut found = Vec::new();
        fragments.get(&next).into_iter().for_each(|it| names(&it.node.selection_set.node, &mut found));
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

fn refused(why: String) -> ServerError {
    let mut error = ServerError::new(why, None);
    error.extensions.get_or_insert_default().set("code", "QUERY_TOO_LARGE");
    error
}

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// How many fields and aliases the operations of a document hold when every fragment is put where it is spread; no more than a little
/// above the limits, so that a few fragments cannot keep us counting.
fn counted(document: &ExecutableDocument) -> (usize, usize) {
    let mut known = HashMap::new();
    let mut sum = (0_usize, 0_usize);
    for (_, operation) in document.operations.iter() {
        let (fields, aliases) =
            of_set(&operation.node.selection_set.node, &document.fragments, &mut known, DEEPEST);
        sum = (sum.0.saturating_add(fields), sum.1.saturating_add(aliases));
    }
    sum
}

fn of_set(
    set: &SelectionSet,
    fragments: &Fragments,
    known: &mut HashMap<Name, Option<(usize, usize)>>,
    depth: usize,
) -> (usize, usize) {
    let mut sum = (0_usize, 0_usize);
    for item in &set.items {
        let (fields, aliases) = match &item.node {
            Selection::Field(field) => {
                let below = of_set(&field.node.selection_set.node, fragments, known, depth);
                let alias = usize::from(field.node.alias.is_some());
                (below.0.saturating_add(1), below.1.saturating_add(alias))
            }
            Selection::InlineFragment(inline) => {
                of_set(&inline.node.selection_set.node, fragments, known, depth)
            }
            Selection::FragmentSpread(spread) => {
                // One of its own, so that spreading nothing often is not free.
                let inside = of_fragment(&spread.node.fragment_name.node, fragments, known, depth);
                (inside.0.saturating_add(1), inside.1)
            }
        };
        sum = (sum.0.saturating_add(fields), sum.1.saturating_add(aliases));
    }
    sum
}

/// Each fragment is counted once; one that spreads itself counts as nothing here, and is refused by the validation. Fragments in
/// fragments deeper than a query may nest are not followed.
fn of_fragment(
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
    let counted = of_set(&fragment.node.selection_set.node, fragments, known, depth - 1);
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
        let count = |text: &str| counted(&parse_query(text).unwrap());
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
