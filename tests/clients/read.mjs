// Reads RDF files with N3.js, jsonld.js and rdfxml-streaming-parser, each by its ending: node read.mjs FILE…
// and writes what each holds as JSON: a list of N-Quads documents, in the order of the files.
import { createReadStream, readFileSync } from 'node:fs';
import jsonld from 'jsonld';
import { Parser, Writer } from 'n3';
import { RdfXmlParser } from 'rdfxml-streaming-parser';

const base = 'https://example.org/';
const nquads = (quads) => new Writer({ format: 'N-Quads' }).quadsToString(quads);
const readers = {
  jsonld: (file) => jsonld.toRDF(JSON.parse(readFileSync(file, 'utf8')), { base, format: 'application/n-quads' }),
  nt: (file) => nquads(new Parser({ format: 'N-Triples' }).parse(readFileSync(file, 'utf8'))),
  rdf: async (file) => nquads(await createReadStream(file).pipe(new RdfXmlParser({ baseIRI: base })).toArray()),
  ttl: (file) => nquads(new Parser({ baseIRI: base, format: 'Turtle' }).parse(readFileSync(file, 'utf8'))),
};

const found = await Promise.all(process.argv.slice(2).map((file) => readers[file.split('.').pop()](file)));
process.stdout.write(JSON.stringify(found));
