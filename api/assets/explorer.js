// The GraphQL explorer: one page, no dependencies, fit for a CSP without 'unsafe-inline'.
// Everything a server or a link sends is put on the page as text, never as markup.
(() => {
  'use strict';
  const ENDPOINT = '/graphql';
  const EXAMPLES = '/graphql/voorbeelden.json';
  const CLOSER = { '{': '}', '(': ')', '[': ']' };
  const INTROSPECTION = `query Introspectie { __schema {
    queryType { name } mutationType { name } subscriptionType { name } types {
      kind name description interfaces { name } possibleTypes { name } inputFields { ...Invoer }
      fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { ...Invoer } type { ...Verwijzing } }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } } } }
  fragment Invoer on __InputValue { name description defaultValue type { ...Verwijzing } }
  fragment Verwijzing on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } }`;
  const KINDS = { OBJECT: 'object', INTERFACE: 'interface', UNION: 'unie', ENUM: 'opsomming', SCALAR: 'enkelvoudig', INPUT_OBJECT: 'invoer' };
  const page = {};
  document.querySelectorAll('#main [id]').forEach((node) => { page[node.id] = node; });
  const state = { types: null, roots: {}, trail: [], running: null, escaped: false };

  // ---- Small helpers -------------------------------------------------------------------------
  // A mistake in what the user typed, with the place it was found.
  function faultAt(message, source, at) {
    const lines = source.slice(0, at).split('\n');
    return new Error(`Regel ${lines.length}, kolom ${lines.at(-1).length + 1}: ${message}`);
  }

  function make(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props || {})) {
      if (key in node) node[key] = value; else node.setAttribute(key, value);
    }
    node.append(...children.filter(Boolean));
    return node;
  }
  const makeButton = (text, onclick, className = '') => make('button', { type: 'button', textContent: text, onclick, className });
  const say = (text, tone = '') => { page.status.textContent = text; page.status.dataset.tone = tone; };

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
    /(?<mark>\.\.\.|[!$&():=@[\]{|}])/, /(?<name>[_A-Za-z]\w*)/, /(?<number>-?\d[\w.+-]*)/, /(?<space>[\s,\uFEFF]+)/, /(?<bad>[^])/,
  ].map((part) => part.source).join('|'), 'g');

  function lex(source) {
    const tokens = [];
    let gap = '';
    for (const { 0: text, index: at, groups } of source.matchAll(TOKEN)) {
      if (groups.space) { gap = text; continue; }
      const kind = Object.keys(groups).find((key) => groups[key] !== undefined);
      const bracket = { opens: /^[{([]$/.test(text), closes: /^[\])}]$/.test(text) };
      tokens.push({ kind, text, at, ...bracket, newlines: gap.split('\n').length - 1, comma: gap.includes(',') });
      gap = '';
    }
    return tokens;
  }

  function spaceBetween(left, right) {
    if (left.opens || right.closes || '$@'.includes(left.text) || [':', '!', '('].includes(right.text)) return '';
    if (left.text === '...') return right.text === 'on' || right.kind !== 'name' ? ' ' : '';
    return right.comma ? ', ' : ' ';
  }
  // What to put before a token: selections go one field a line, arguments keep the author's own line breaks.
  function separator(tokens, i, open) {
    const [before, prev, token] = [tokens[i - 2], tokens[i - 1], tokens[i]];
    if (!prev) return '';
    const blank = token.newlines > 1 && !prev.opens && !token.closes;
    const line = `\n${blank ? '\n' : ''}${'  '.repeat(open.length)}`;
    const space = spaceBetween(prev, token);
    if (prev.kind === 'comment') return line;
    if (token.kind === 'comment') return token.newlines ? line : ' ';
    if (open.some(({ text }) => text !== '{') || (token.closes && token.text !== '}')) return token.newlines ? line : space;
    if (token.closes) return prev.opens ? '' : line;
    if (!open.length) return prev.text === '}' ? '\n\n' : space;
    const continues = [':', '@', '...'].includes(prev.text) || (prev.text === 'on' && before?.text === '...');
    return prev.text === '{' || token.text === '...' || (token.kind === 'name' && !continues) ? line : space;
  }
  // Re-indents a document; refuses rather than return anything with other tokens than it was given.
  function prettyGraphql(source) {
    const tokens = lex(source);
    const open = [];
    let pretty = '';
    tokens.forEach((token, i) => {
      const fits = token.kind !== 'bad' && (!token.closes || CLOSER[open.pop()?.text] === token.text);
      if (!fits) throw faultAt(`${token.text} hoort hier niet, of is niet afgesloten.`, source, token.at);
      pretty += separator(tokens, i, open) + token.text;
      if (token.opens) open.push(token);
    });
    if (open.length) throw faultAt(`${open.at(-1).text} wordt niet gesloten.`, source, open.at(-1).at);
    const texts = (list) => JSON.stringify(list.map((token) => token.text));
    if (texts(lex(pretty)) !== texts(tokens)) throw new Error('Dit document kan niet veilig worden opgemaakt.');
    return pretty;
  }
  // The operations in a document, also in one that is half typed. An anonymous one is named ''.
  function findOperations(source) {
    const tokens = lex(source).filter(({ kind }) => !['comment', 'string', 'block'].includes(kind));
    const found = [];
    let depth = 0;
    tokens.forEach(({ text, opens, closes }, i) => {
      const starts = depth === 0 && (i === 0 || tokens[i - 1].text === '}');
      const next = tokens[i + 1];
      if (starts && ['{', 'query', 'mutation', 'subscription'].includes(text)) found.push(next?.kind === 'name' && text !== '{' ? next.text : '');
      depth = Math.max(0, depth + Number(opens) - Number(closes));
    });
    return found;
  }

  // ---- JSON text -----------------------------------------------------------------------------
  const JSON_STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
  const JSON_SCALAR = new RegExp(`${JSON_STRING.source}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`, 'y');

  // Checks and indents JSON as text. JSON.parse would round long numbers, and not every browser's tells the line.
  function prettyJson(source) {
    let at = 0;
    const take = (pattern, what) => {
      while (' \t\r\n'.includes(source[at] ?? '.')) at += 1;
      pattern.lastIndex = at;
      const hit = pattern.exec(source)?.[0];
      if (hit === undefined && what) throw faultAt(`hier hoort ${what} te staan.`, source, at);
      at += hit?.length ?? 0;
      return hit;
    };
    const list = (end, close, member, indent) => {
      if (take(end)) return close;
      const parts = [];
      do parts.push(`\n${indent}  ${member(`${indent}  `)}`); while (take(/,/y));
      take(end, `een komma of ${close}`);
      return `${parts.join(',')}\n${indent}${close}`;
    };
    const value = (indent) => {
      if (take(/\{/y)) return `{${list(/\}/y, '}', member, indent)}`;
      if (take(/\[/y)) return `[${list(/\]/y, ']', value, indent)}`;
      return take(JSON_SCALAR, 'een waarde');
    };
    const member = (indent) => `${take(JSON_STRING, 'een naam tussen dubbele aanhalingstekens')}${take(/:/y, 'een dubbele punt')} ${value(indent)}`;
    const pretty = value('');
    take(/$/y, 'niets meer');
    return pretty;
  }
  // Shows what is wrong with the variables; true when they can be sent.
  function variablesAreSound() {
    const source = page.variables.value;
    let fault = '';
    try {
      if (source.trim()) prettyJson(source);
      if (/^\s*[^\s{]/.test(source)) throw faultAt('variabelen vormen samen één JSON-object: { … }.', source, 0);
    } catch (error) { fault = `De variabelen kloppen niet. ${error.message}`; }
    page['variables-fault'].textContent = fault;
    page.variables.setAttribute('aria-invalid', String(Boolean(fault)));
    return !fault;
  }

  // ---- Editor --------------------------------------------------------------------------------
  function documentChanged() {
    const count = page.query.value.split('\n').length;
    page.gutter.textContent = Array.from({ length: count }, (_, i) => i + 1).join('\n');
    const names = findOperations(page.query.value).filter(Boolean);
    const chosen = page.operation.value;
    page.operation.replaceChildren(...names.map((name) => make('option', { value: name, textContent: name })));
    if (names.includes(chosen)) page.operation.value = chosen;
    page['operation-box'].hidden = names.length < 2;
  }
  // Tab indents only when asked for, and Escape always gives the next Tab back to the keyboard user.
  function onEditorKey(event) {
    if (event.key === 'Tab' && !event.shiftKey && page['tab-indents'].checked && !state.escaped) {
      event.preventDefault();
      replaceText(page.query, '  ', page.query.selectionStart, page.query.selectionEnd);
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

  // ---- Asking --------------------------------------------------------------------------------
  // The variables go in as typed: parsing and printing them again could round long numbers.
  function requestBody() {
    const parts = [`"query":${JSON.stringify(page.query.value)}`];
    const variables = page.variables.value.trim();
    if (variables) parts.push(`"variables":${variables}`);
    if (page.operation.value) parts.push(`"operationName":"${page.operation.value}"`);
    return `{${parts.join(',')}}`;
  }
  const parseOrNull = (text) => { try { return JSON.parse(text); } catch { return null; } };
  const post = (body, signal) => fetch(ENDPOINT, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, signal });
  function showErrors(errors) {
    page.errors.replaceChildren(...errors.map((error) => {
      const path = Array.isArray(error?.path) ? ` (bij ${error.path.join(' › ')})` : '';
      const place = error?.locations?.[0] ? `Regel ${error.locations[0].line}, kolom ${error.locations[0].column}: ` : '';
      return make('li', { textContent: `${place}${error?.message ?? 'Onbekende fout'}${path}` });
    }));
    page.errors.hidden = errors.length === 0;
  }

  function showAnswer(response, text, millis) {
    const json = parseOrNull(text);
    const errors = Array.isArray(json?.errors) ? json.errors : [];
    page.result.textContent = json === null ? text : prettyJson(text);
    showErrors(errors);
    const size = (new TextEncoder().encode(text).length / 1000).toLocaleString('nl-NL', { maximumFractionDigits: 2 });
    const parts = [`HTTP ${response.status}`, `${Math.round(millis)} ms`, `${size} kB`, `${errors.length} ${errors.length === 1 ? 'fout' : 'fouten'}`];
    if (json === null) parts.push('geen JSON');
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
      getSelection().selectAllChildren(page.result);
      say('Kopiëren mocht niet van de browser. De tekst staat geselecteerd bij Antwoord.', 'bad');
    }
  }
  function copyCurl() {
    if (!variablesAreSound()) return say('Niet gekopieerd: de variabelen kloppen niet.', 'bad');
    const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
    const address = quote(new URL(ENDPOINT, location.href).href);
    copy(`curl ${address} \\\n  -H 'Content-Type: application/json' \\\n  --data-raw ${quote(requestBody())}`, 'curl-opdracht gekopieerd.');
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

  // ---- Schema --------------------------------------------------------------------------------
  const baseName = (ref) => (ref.ofType ? baseName(ref.ofType) : ref.name);
  const describe = ({ description }) => description && make('p', { className: 'description', textContent: description });
  const isRequired = (input) => input.type.kind === 'NON_NULL' && input.defaultValue === null;

  function typeText(ref) {
    if (ref.kind === 'NON_NULL') return `${typeText(ref.ofType)}!`;
    return ref.kind === 'LIST' ? `[${typeText(ref.ofType)}]` : ref.name;
  }
  // The type as written, with only its name a link: [Raad!]! has brackets and marks around it.
  function typeLink(ref) {
    const name = baseName(ref);
    const [before, after] = typeText(ref).split(name);
    return make('span', {}, before, makeButton(name, () => openType(name), 'link'), after);
  }
  async function loadSchema() {
    page['schema-status'].textContent = 'Schema wordt geladen…';
    try {
      const response = await post(JSON.stringify({ query: INTROSPECTION }));
      const answer = parseOrNull(await response.text());
      const schema = answer?.data?.__schema;
      if (!schema) throw new Error(answer?.errors?.[0]?.message ?? `geen schema in het antwoord (HTTP ${response.status})`);
      state.types = new Map(schema.types.filter(({ name }) => !name.startsWith('__')).map((type) => [type.name, type]));
      for (const root of ['query', 'mutation', 'subscription']) if (schema[`${root}Type`]) state.roots[schema[`${root}Type`].name] = root;
      showList();
    } catch (error) {
      page['schema-status'].textContent = `De server gaf zijn schema niet (introspectie geweigerd of mislukt). Vragen stellen kan nog wel. Melding: ${error.message}`;
      page['schema-view'].replaceChildren(makeButton('Opnieuw proberen', loadSchema));
    }
  }

  function showCrumbs() {
    const steps = [['Alle types', () => { page['schema-search'].value = ''; showList(); }], ...state.trail.map((name) => [name, () => openType(name)])];
    page.crumbs.replaceChildren(...steps.map(([text, go], i) =>
      make('li', {}, i < steps.length - 1 ? makeButton(text, go, 'link') : make('span', { 'aria-current': 'page', textContent: text }))));
  }
  // Root types come first: that is where every question begins.
  function showList() {
    if (!state.types) return;
    const wanted = page['schema-search'].value.trim().toLowerCase();
    const rank = ({ name }) => Object.keys(state.roots).indexOf(name) + 1 || 9;
    const types = [...state.types.values()].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    const members = wanted ? types.flatMap((type) => (type.fields ?? type.inputFields ?? []).map(({ name }) => [`${type.name}.${name}`, type])) : [];
    const hits = [...types.map((type) => [type.name, type]), ...members].filter(([text]) => text.split('.').at(-1).toLowerCase().includes(wanted));
    state.trail = [];
    showCrumbs();
    page['schema-status'].textContent = `${hits.length} gevonden.`;
    page['schema-view'].replaceChildren(make('ul', { className: 'types' }, ...hits.map(([text, type]) =>
      make('li', {}, makeButton(text, () => openType(type.name), 'link'), make('small', { textContent: KINDS[type.kind] })))));
  }
  function openType(name) {
    const known = state.trail.indexOf(name);
    state.trail = known < 0 ? [...state.trail, name] : state.trail.slice(0, known + 1);
    showCrumbs();
    const type = state.types.get(name);
    const title = make('h3', { textContent: name, tabIndex: -1 }, make('small', { textContent: KINDS[type.kind] }));
    const list = (heading, items, show) => items?.length
      && make('section', {}, make('h4', { textContent: heading }), make('ul', { className: 'members' }, ...items.map(show)));
    const link = (ref) => make('li', {}, typeLink(ref));
    page['schema-status'].textContent = '';
    page['schema-view'].replaceChildren(...[title, describe(type), list('Velden', type.fields, (field) => showMember(field, name)),
      list('Invoervelden', type.inputFields, showInput), list('Waarden', type.enumValues, (value) => showMember(value)),
      list('Mogelijke types', type.possibleTypes, link), list('Is ook een', type.interfaces, link)].filter(Boolean));
    title.focus();
  }
  function showInput(input) {
    const fallback = input.defaultValue === null ? '' : ` = ${input.defaultValue}`;
    return make('li', {}, make('code', {}, `${input.name}: `, typeLink(input.type), fallback), describe(input));
  }
  function showMember(member, owner) {
    const root = state.roots[owner];
    const ask = root && makeButton('Voeg toe aan editor', () => addToEditor(member, root));
    ask?.setAttribute('aria-label', `Voeg toe aan editor: ${member.name}`);
    return make('li', {}, make('code', {}, make('b', { textContent: member.name }), member.type && ': ', member.type && typeLink(member.type)),
      member.isDeprecated && make('p', { className: 'deprecated', textContent: `Verouderd: ${member.deprecationReason ?? 'gebruik dit niet meer.'}` }),
      describe(member), member.args?.length && make('ul', { className: 'arguments', 'aria-label': `Argumenten van ${member.name}` }, ...member.args.map(showInput)), ask);
  }
  // Simple fields, and below a list wrapper (nodes, edges) or a type without any: one level further.
  function selectionFor(name, depth = 0) {
    const type = state.types.get(name);
    if (!type || ['SCALAR', 'ENUM'].includes(type.kind)) return '';
    const open = (type.fields ?? []).filter((field) => !field.isDeprecated && !field.args.some(isRequired));
    const isLeaf = (field) => ['SCALAR', 'ENUM'].includes(state.types.get(baseName(field.type))?.kind);
    const leaves = open.filter(isLeaf).map((field) => field.name);
    const objects = open.filter((field) => !isLeaf(field));
    const wrapper = objects.find((field) => ['nodes', 'edges', 'node'].includes(field.name));
    const further = wrapper ?? (leaves.length ? null : objects[0]);
    if (further && depth < 3) leaves.push(further.name + selectionFor(baseName(further.type), depth + 1));
    return ` { ${leaves.join(' ') || '__typename'} }`;
  }
  // A value of the right shape for a variable, to be filled in by hand.
  function sampleFor(ref) {
    if (ref.ofType) return ref.kind === 'LIST' ? [] : sampleFor(ref.ofType);
    const type = state.types.get(ref.name);
    return type?.enumValues?.[0]?.name ?? (type?.inputFields ? {} : { Int: 0, Float: 0, Boolean: false }[ref.name] ?? '');
  }
  // Adds a query of its own below what is there. Variables already filled in keep their value.
  function addToEditor(field, root) {
    const taken = findOperations(page.query.value);
    let name = field.name[0].toUpperCase() + field.name.slice(1);
    while (taken.includes(name)) name += '2';
    const args = field.args.filter(isRequired);
    const list = (show) => (args.length ? `(${args.map(show).join(', ')})` : '');
    const head = `${root} ${name}${list((arg) => `$${arg.name}: ${typeText(arg.type)}`)}`;
    const call = field.name + list((arg) => `${arg.name}: $${arg.name}`);
    const skeleton = prettyGraphql(`${head} { ${call}${selectionFor(baseName(field.type))} }`);
    const before = page.query.value.trimEnd();
    replaceText(page.query, before ? `${before}\n\n${skeleton}` : skeleton);
    page.operation.value = name;
    if (args.length && variablesAreSound()) {
      const samples = Object.fromEntries(args.map((arg) => [arg.name, sampleFor(arg.type)]));
      replaceText(page.variables, JSON.stringify({ ...samples, ...JSON.parse(page.variables.value.trim() || '{}') }, null, 2));
    }
    const nameless = taken.includes('') ? ' Geef de bewerking zonder naam nu ook een naam.' : '';
    say(`${name} staat in de editor.${nameless}`, nameless ? 'bad' : 'good');
  }

  function toggleSchema() {
    const opening = page.schema.hidden;
    page.schema.hidden = !opening;
    page['schema-toggle'].setAttribute('aria-expanded', String(opening));
    page['schema-toggle'].textContent = opening ? 'Schema verbergen' : 'Schema tonen';
    if (opening) page['schema-title'].focus();
    if (opening && !state.types) loadSchema();
  }

  // ---- Start ---------------------------------------------------------------------------------
  const clicks = { run, prettify, 'copy-curl': copyCurl, 'copy-link': copyLink, 'schema-toggle': toggleSchema };
  for (const [id, act] of Object.entries(clicks)) page[id].addEventListener('click', act);
  page.query.addEventListener('input', documentChanged);
  page.query.addEventListener('keydown', onEditorKey);
  page.query.addEventListener('blur', () => { state.escaped = false; });
  page.query.addEventListener('scroll', () => { page.gutter.scrollTop = page.query.scrollTop; });
  page.variables.addEventListener('change', variablesAreSound);
  page['schema-search'].addEventListener('input', showList);
  addEventListener('hashchange', restoreFromHash);
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });
  page.app.hidden = false;
  restoreFromHash();
  documentChanged();
  loadExamples();
})();
