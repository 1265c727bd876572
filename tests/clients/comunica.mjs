// Asks a SPARQL endpoint through Comunica: node comunica.mjs SOURCE QUERY
// and writes the answer as JSON: a list of rows or of triples, or a boolean.
import { QueryEngine } from '@comunica/query-sparql';

const [source, query] = process.argv.slice(2);
const result = await new QueryEngine().query(query, { sources: [source] });
const write = (answer) => process.stdout.write(JSON.stringify(answer));
if (result.resultType === 'boolean') {
  write(await result.execute());
} else {
  const stream = await (await result.execute()).toArray();
  write(
    result.resultType === 'bindings'
      ? stream.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])))
      : stream.map(({ subject, predicate, object }) => [subject.value, predicate.value, object.value]),
  );
}
