// Reads a file of a network as its users' tools do, and prints what they have of it as JSON.
// node networks.mjs FORMAT <FILE   where FORMAT is cytoscape (Cytoscape.js), gexf or graphml (the readers of Gephi Lite)
import { readFileSync } from 'node:fs';
import cytoscape from 'cytoscape';
import Graph from 'graphology';
import gexf from 'graphology-gexf/node/index.js';
import graphml from 'graphology-graphml/node/index.js';

const [format] = process.argv.slice(2);
const text = readFileSync(0, 'utf8');

function ofCytoscape() {
  const drawn = cytoscape({ headless: true, ...JSON.parse(text) });
  return {
    nodes: Object.fromEntries(drawn.nodes().map((node) => [node.id(), node.data()])),
    edges: drawn.edges().map((edge) => [edge.source().id(), edge.target().id(), edge.data()]),
  };
}

function ofGraphology(reader) {
  const drawn = reader.parse(Graph, text);
  return {
    nodes: Object.fromEntries(drawn.mapNodes((node, data) => [node, data])),
    edges: drawn.mapEdges((_, data, source, target) => [source, target, data]),
  };
}

console.log(JSON.stringify(format === 'cytoscape' ? ofCytoscape() : ofGraphology({ gexf, graphml }[format])));
