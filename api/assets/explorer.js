// The GraphQL explorer: one page, no dependencies, fit for a CSP without 'unsafe-inline'.
// Everything a server or a link sends is put on the page as text, never as markup.
(() => {
  'use strict';

  const ENDPOINT = '/graphql';
  const EXAMPLES = '/graphql/voorbeelden.json';
  const LINE_WIDTH = 76;
  const MAX_HITS = 100;
  const CLOSER = { '{': '}', '(': ')', '[': ']' };
  const INTROSPECTION = `query Introspectie {
    __schema {
      queryType { name } mutationType { name } subscriptionType { name }
      types {
        kind name description
        fields(includeDeprecated: true) {
          name description isDeprecated deprecationReason
          args { ...Invoer } type { ...Verwijzing }
        }
        inputFields { ...Invoer }
        interfaces { name } possibleTypes { name }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      }
    }
  }
  fragment Invoer on __InputValue { name description defaultValue type { ...Verwijzing } }
  fragment Verwijzing on __Type {
    kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
  }`;
  const KINDS = {
    OBJECT: 'object', INTERFACE: 'interface', UNION: 'unie', ENUM: 'opsomming',
    SCALAR: 'enkelvoudig', INPUT_OBJECT: 'invoer',
  };

  const page = {};
  document.querySelectorAll('#main [id]').forEach((node) => { page[node.id] = node; });
  const state = { types: null, roots: {}, trail: [], running: null, escaped: false };

  // ---- Small helpers -------------------------------------------------------------------------

  // A mistake in what the user typed, with the place it was found.
  class InputFault extends Error {
    constructor(message, source, at) {
      const lines = source.slice(0, at).split('\n');
      super(`Regel ${lines.length}, kolom ${lines.at(-1).length + 1}: ${message}`);
    }
  }

  function make(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props || {})) {
      if (key in node) node[key] = value;
      else node.setAttribute(key, value);
    }
    node.append(...children.filter(Boolean));
    return node;
  }

  const makeButton = (text, onclick, className = '') =>
    make('button', { type: 'button', textContent: text, onclick, className });

  function say(text, tone = '') {
    page.status.textContent = text;
    page.status.dataset.tone = tone;
  }

  // Typing through the browser keeps the change undoable; assigning to .value would not.
  function replaceText(area, text, start = 0, end = area.value.length) {
    const focused = document.activeElement;
    const wanted = area.value.slice(0, start) + text + area.value.slice(end);
    area.focus({ preventScroll: true });
    area.setSelectionRange(start, end);
    document.execCommand(text ? 'insertText' : 'delete', false, text);
    if (area.value !== wanted) area.value = wanted;
    if (focused && focused !== area) focused.focus({ preventScroll: true });
    documentChanged();
  }

  // ---- GraphQL text --------------------------------------------------------------------------

  const TOKEN = new RegExp([
    /(?<comment>#[^\n\r]*)/, /(?<block>"""(?:\\"""|(?!\\?""")[^])*""")/, /(?<string>"(?:[^"\\\n\r]|\\.)*")/,
    /(?<mark>\.\.\.|[!$&():=@[\]{|}])/, /(?<name>[_A-Za-z]\w*)/, /(?<number>-?\d[\w.+-]*)/,
    /(?<space>[\s,\uFEFF]+)/, /(?<bad>[^])/,
  ].map((part) => part.source).join('|'), 'g');

  function lex(source) {
    const tokens = [];
    let newlines = 0;
    for (const { 0: text, index: at, groups } of source.matchAll(TOKEN)) {
      const kind = Object.keys(groups).find((key) => groups[key] !== undefined);
      if (kind === 'space') newlines += text.split('\n').length - 1;
      else {
        tokens.push({ kind, text, at, newlines });
        newlines = 0;
      }
    }
    return tokens;
  }

  // Turns the flat tokens into a tree of bracketed groups.
  function nest(tokens, source) {
    const stack = [{ items: [] }];
    for (const token of tokens) {
      const open = stack.at(-1);
      if (token.kind === 'bad') {
        const what = token.text === '"' ? 'deze tekst wordt niet afgesloten.' : `het teken ${token.text} hoort hier niet.`;
        throw new InputFault(what, source, token.at);
      } else if (token.kind === 'mark' && token.text in CLOSER) {
        stack.push({ ...token, kind: 'group', items: [] });
        open.items.push(stack.at(-1));
      } else if (token.kind === 'mark' && ')]}'.includes(token.text)) {
        if (CLOSER[open.text] !== token.text) throw new InputFault(`${token.text} past nergens bij.`, source, token.at);
        stack.pop();
      } else open.items.push(token);
    }
    const { text, at } = stack.at(-1);
    if (stack.length > 1) throw new InputFault(`${text} wordt niet gesloten.`, source, at);
    return stack[0].items;
  }

  // Commas carry no meaning in GraphQL, so where an item begins is read from the tokens alone.
  function startsItem(items, i, place) {
    const [before, prev] = [items[i - 2] || {}, items[i - 1] || {}];
    const [token, next, second] = [items[i], items[i + 1] || {}, items[i + 2] || {}];
    if (token.kind === 'comment') return token.newlines > 0;
    if (place === 'document') return prev.text === '{';
    if (place === '[') return prev.text !== '$' && token.text !== '!';
    if (place === '{') {
      const condition = prev.text === 'on' && before.text === '...';
      return token.text === '...' || (token.kind === 'name' && ![':', '@', '...'].includes(prev.text) && !condition);
    }
    if (token.text === '$') return second.text === ':';
    return token.kind === 'name' && next.text === ':' && prev.text !== '$';
  }

  function spaceBetween(left, right) {
    if (left.text === '$' || left.text === '@') return '';
    if (right.text === ':' || right.text === '!' || right.text === '(') return '';
    if (left.text === '...') return right.text === 'on' || right.kind !== 'name' ? ' ' : '';
    return ' ';
  }

  function breakBefore(item, prev, place, indent) {
    const blank = place === 'document' && prev.kind !== 'comment' ? true : item.newlines > 1 && '{document'.includes(place);
    return `\n${blank ? '\n' : ''}${indent}`;
  }

  // An indent of null asks for everything on one line.
  function layOut(items, place, indent) {
    return items.map((item, i) => {
      const prev = items[i - 1];
      const text = item.kind === 'group' ? layOutGroup(item, place, indent) : item.text;
      if (!prev) return text;
      const fresh = prev.kind === 'comment' || startsItem(items, i, place);
      if (!fresh) return spaceBetween(prev, item) + text;
      return (indent === null ? ', ' : breakBefore(item, prev, place, indent)) + text;
    }).join('');
  }

  const hasComment = (group) => group.items.some((item) => item.kind === 'comment' || (item.items && hasComment(item)));

  function layOutGroup(group, place, indent) {
    const close = CLOSER[group.text];
    const inSelection = place === 'document' || place === '{';
    const inner = group.text === '{' && !inSelection ? 'object' : group.text;
    if (inner !== '{' && !hasComment(group)) {
      const flat = group.text + layOut(group.items, inner, null) + close;
      if (indent === null || indent.length + flat.length <= LINE_WIDTH) return flat;
    }
    if (!group.items.length) return group.text + close;
    const deeper = `${indent}  `;
    return `${group.text}\n${deeper}${layOut(group.items, inner, deeper)}\n${indent}${close}`;
  }

  // Re-indents a document; refuses rather than return anything with other tokens than it was given.
  function prettyGraphql(source) {
    const tokens = lex(source);
    const pretty = layOut(nest(tokens, source), 'document', '') + (tokens.length ? '\n' : '');
    const print = (list) => JSON.stringify(list.map((token) => token.text));
    if (print(lex(pretty)) !== print(tokens)) throw new Error('Dit document kan niet veilig worden opgemaakt.');
    return pretty;
  }

  // The operations in a document, also in one that is half typed. An anonymous one is named ''.
  function findOperations(source) {
    const tokens = lex(source).filter((token) => token.kind !== 'comment');
    const found = [];
    let depth = 0;
    let atStart = true;
    tokens.forEach(({ kind, text }, i) => {
      if (depth === 0 && atStart && kind !== 'string' && kind !== 'block') {
        const next = tokens[i + 1] || {};
        if (text === '{') found.push('');
        if (['query', 'mutation', 'subscription'].includes(text)) found.push(next.kind === 'name' ? next.text : '');
        atStart = false;
      }
      if (kind === 'mark' && text in CLOSER) depth += 1;
      if (kind === 'mark' && ')]}'.includes(text)) depth = Math.max(0, depth - 1);
      if (text === '}' && depth === 0) atStart = true;
    });
    return found;
  }

  // ---- JSON text -----------------------------------------------------------------------------

  const JSON_STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
  const JSON_SCALAR = new RegExp(`${JSON_STRING.source}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`, 'y');

  // Browsers differ in whether JSON.parse tells the line, and all tell it in English; this one always does.
  function checkJson(source) {
    let at = 0;
    const take = (pattern) => {
      pattern.lastIndex = at;
      const hit = pattern.test(source);
      if (hit) at = pattern.lastIndex;
      return hit;
    };
    const skip = () => take(/[ \t\r\n]*/y);
    const need = (pattern, what) => {
      skip();
      if (!take(pattern)) throw new InputFault(`hier hoort ${what} te staan.`, source, at);
    };
    const list = (end, member, what) => {
      skip();
      if (take(end)) return;
      do { member(); skip(); } while (take(/,/y));
      need(end, what);
    };
    const value = () => {
      skip();
      if (take(/\{/y)) list(/\}/y, member, 'een komma of }');
      else if (take(/\[/y)) list(/\]/y, value, 'een komma of ]');
      else need(JSON_SCALAR, 'een waarde');
    };
    const member = () => {
      need(JSON_STRING, 'een naam tussen dubbele aanhalingstekens');
      need(/:/y, 'een dubbele punt');
      value();
    };
    value();
    need(/$/y, 'niets meer');
  }

  // Works on the text, so that a number too long for JavaScript still comes out digit for digit.
  function prettyJson(source) {
    let depth = 0;
    const newline = () => `\n${'  '.repeat(depth)}`;
    return source.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|\{\s*\}|\[\s*\]|[{}[\],:]|\s+/g, (text) => {
      if (text.length > 1 && '{['.includes(text[0])) return text[0] + text.at(-1);
      if (text === '{' || text === '[') { depth += 1; return text + newline(); }
      if (text === '}' || text === ']') { depth -= 1; return newline() + text; }
      if (text === ',') return text + newline();
      if (text === ':') return ': ';
      return text.trim();
    });
  }

  function checkVariables(source) {
    if (!source) return;
    checkJson(source);
    if (source[0] !== '{') throw new InputFault('variabelen vormen samen één JSON-object: { … }.', source, 0);
  }

  // Shows what is wrong with the variables; true when they can be sent.
  function variablesAreSound() {
    let fault = '';
    try { checkVariables(page.variables.value.trimEnd()); } catch (error) { fault = error.message; }
    page['variables-fault'].textContent = fault && `De variabelen kloppen niet. ${fault}`;
    page.variables.setAttribute('aria-invalid', String(Boolean(fault)));
    return !fault;
  }

  // ---- Editor --------------------------------------------------------------------------------

  function documentChanged() {
    const count = page.query.value.split('\n').length;
    page.gutter.textContent = Array.from({ length: count }, (_, i) => i + 1).join('\n');
    page.gutter.scrollTop = page.query.scrollTop;
    const names = findOperations(page.query.value).filter(Boolean);
    const chosen = page.operation.value;
    page.operation.replaceChildren(...names.map((name) => make('option', { value: name, textContent: name })));
    if (names.includes(chosen)) page.operation.value = chosen;
    page['operation-box'].hidden = names.length < 2;
  }

  // Tab indents only when asked for, and Escape always gives the next Tab back to the keyboard user.
  function onEditorKey(event) {
    const indents = page['tab-indents'].checked && !state.escaped;
    if (event.key === 'Tab' && !event.shiftKey && indents) {
      event.preventDefault();
      replaceText(page.query, '  ', page.query.selectionStart, page.query.selectionEnd);
      page.query.setSelectionRange(page.query.selectionEnd, page.query.selectionEnd);
    }
    state.escaped = event.key === 'Escape';
  }

  function prettify() {
    try {
      const pretty = prettyGraphql(page.query.value);
      if (pretty !== page.query.value) replaceText(page.query, pretty);
      if (variablesAreSound() && page.variables.value.trim()) replaceText(page.variables, prettyJson(page.variables.value.trim()));
      say('Vraag opgemaakt.');
    } catch (error) {
      say(`Niet opgemaakt. ${error.message}`, 'bad');
    }
  }

  function jumpTo({ line, column }) {
    const lines = page.query.value.split('\n');
    const at = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0) + column - 1;
    page.query.focus();
    page.query.setSelectionRange(at, at + 1);
  }

  // ---- Asking --------------------------------------------------------------------------------

  // The variables go in as typed: parsing and printing them again could round long numbers.
  function requestBody() {
    const parts = [`"query":${JSON.stringify(page.query.value)}`];
    const variables = page.variables.value.trim();
    if (variables) parts.push(`"variables":${variables}`);
    if (page.operation.value) parts.push(`"operationName":${JSON.stringify(page.operation.value)}`);
    return `{${parts.join(',')}}`;
  }

  function post(body, signal) {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json, application/json' };
    return fetch(ENDPOINT, { method: 'POST', headers, body, signal });
  }

  function parseOrNull(text) {
    try { return JSON.parse(text); } catch { return null; }
  }

  function showErrors(errors) {
    page.errors.replaceChildren(...errors.map((error) => {
      const path = Array.isArray(error?.path) ? ` (bij ${error.path.join(' › ')})` : '';
      const place = Array.isArray(error?.locations) && error.locations[0];
      const label = place && `Naar regel ${place.line}, kolom ${place.column}`;
      return make('li', {}, `${error?.message ?? 'Onbekende fout'}${path} `, place && makeButton(label, () => jumpTo(place), 'link'));
    }));
    page.errors.hidden = errors.length === 0;
  }

  function showAnswer(response, text, millis) {
    const json = parseOrNull(text);
    const errors = Array.isArray(json?.errors) ? json.errors : [];
    page.result.textContent = json === null ? text : prettyJson(text);
    showErrors(errors);
    const bytes = new TextEncoder().encode(text).length;
    const size = bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toLocaleString('nl-NL', { maximumFractionDigits: 1 })} kB`;
    const parts = [`HTTP ${response.status}`, `${Math.round(millis)} ms`, size, `${errors.length} ${errors.length === 1 ? 'fout' : 'fouten'}`];
    if (json === null) parts.push('geen JSON');
    if (response.headers.get('Retry-After')) parts.push(`probeer het opnieuw na ${response.headers.get('Retry-After')}`);
    say(parts.join(' · '), response.ok && json !== null && errors.length === 0 ? 'good' : 'bad');
  }

  // A second run replaces the first, so an old answer never lands on top of a newer one.
  async function run() {
    if (!page.query.value.trim()) return say('Schrijf eerst een vraag.', 'bad');
    if (!variablesAreSound()) return say('Niet verstuurd: de variabelen kloppen niet.', 'bad');
    state.running?.abort();
    const own = state.running = new AbortController();
    const start = performance.now();
    say('Bezig…');
    page.result.setAttribute('aria-busy', 'true');
    try {
      const response = await post(requestBody(), own.signal);
      const text = await response.text();
      if (state.running === own) showAnswer(response, text, performance.now() - start);
    } catch (error) {
      if (state.running !== own) return;
      showErrors([]);
      page.result.textContent = '';
      say(`Geen antwoord van de server: ${error.message}`, 'bad');
    }
    if (state.running === own) page.result.removeAttribute('aria-busy');
  }

  // ---- Sharing and examples ------------------------------------------------------------------

  // Without clipboard access (plain http, a refused permission) the text is shown selected instead.
  async function copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      say(done, 'good');
    } catch {
      page.result.textContent = text;
      showErrors([]);
      page.result.focus();
      getSelection().selectAllChildren(page.result);
      say('Kopiëren mocht niet van de browser. De tekst staat geselecteerd bij Antwoord.', 'bad');
    }
  }

  function copyCurl() {
    if (!variablesAreSound()) return say('Niet gekopieerd: de variabelen kloppen niet.', 'bad');
    const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
    const url = new URL(ENDPOINT, location.href).href;
    copy(`curl ${quote(url)} \\\n  -H 'Content-Type: application/json' \\\n  --data-raw ${quote(requestBody())}`, 'curl-opdracht gekopieerd.');
  }

  function copyLink() {
    const parts = new URLSearchParams({ query: page.query.value });
    if (page.variables.value.trim()) parts.set('variables', page.variables.value);
    if (page.operation.value) parts.set('operationName', page.operation.value);
    history.replaceState(null, '', `#${parts}`);
    copy(location.href, 'Link gekopieerd.');
  }

  // A link only fills the editor: running what a stranger wrote stays the reader's own choice.
  function restoreFromHash() {
    const parts = new URLSearchParams(location.hash.slice(1));
    if (!parts.has('query')) return;
    fill(parts.get('query'), parts.get('variables') ?? '');
    page.operation.value = parts.get('operationName') ?? page.operation.value;
  }

  function fill(query, variables) {
    if (page.query.value) replaceText(page.query, query);
    else page.query.value = query;
    page.variables.value = variables;
    documentChanged();
    variablesAreSound();
  }

  function fillExample({ title, query, variables }) {
    const filled = Object.keys(variables ?? {}).length > 0;
    fill(query, filled ? JSON.stringify(variables, null, 2) : '');
    say(`Voorbeeld “${title}” staat klaar.`);
  }

  async function loadExamples() {
    try {
      const response = await fetch(EXAMPLES);
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const examples = await response.json();
      page.examples.append(...examples.map((example) => make('li', {}, makeButton(example.title, () => fillExample(example)))));
      page['examples-note'].textContent = examples.length ? '' : 'Er zijn nog geen voorbeelden.';
      if (examples.length && !page.query.value) fillExample(examples[0]);
    } catch {
      page['examples-note'].textContent = 'De voorbeelden konden niet worden geladen. Zelf vragen schrijven kan wel.';
    }
  }
//SCHEMA
})();
