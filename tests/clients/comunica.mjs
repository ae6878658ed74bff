// Asks a query of one or more sources with Comunica, and prints the answer as JSON terms.
// node comunica.mjs QUERY SOURCE...   where a SOURCE is JSON, such as {"type":"sparql","value":"http://…"}
import { QueryEngine } from '@comunica/query-sparql';

const [query, ...sources] = process.argv.slice(2);
const plain = (term) => ({
  type: term.termType,
  value: term.value,
  ...(term.termType === 'Literal' ? { language: term.language, datatype: term.datatype.value } : {}),
});

const result = await new QueryEngine().query(query, { sources: sources.map((source) => JSON.parse(source)) });
let answer;
if (result.resultType === 'boolean') {
  answer = await result.execute();
} else if (result.resultType === 'void') {
  await result.execute();
  answer = null;
} else if (result.resultType === 'quads') {
  const quads = await (await result.execute()).toArray();
  answer = quads.map((quad) => ['subject', 'predicate', 'object'].map((place) => plain(quad[place])));
} else {
  const rows = await (await result.execute()).toArray();
  answer = rows.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, plain(term)])));
}
console.log(JSON.stringify(answer));
