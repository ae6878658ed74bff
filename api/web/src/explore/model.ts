// What the service says of the network (`/api/v1/graph`, `/api/v1/paths`), as far as this page reads it.
import type { Labels } from "../lib/page";

export type Direction = "in" | "out";

export interface Named {
  id: string;
  iri: string;
  label: Labels;
}

export interface Thing extends Named {
  type: string;
}

export interface Predicate extends Named {
  key: string;
}

export interface Citation {
  quote: string;
  source: string;
  line: number;
  start: number;
  end: number;
  reading: string;
  url: string;
  iri: string;
}

export interface Edge {
  subject: string;
  predicate: Predicate;
  object: string;
  inferred: boolean;
  rule: Named | null;
  ways: { rule: Named; evidence: Citation[] }[];
  ways_omitted?: boolean;
  explain: string | null;
  evidence: Citation[];
}

export interface GraphAnswer {
  root: Thing | null;
  nodes: Thing[];
  edges: Edge[];
  truncated: boolean;
  omitted: {
    things: number;
    by_kind: Record<string, number>;
    edges: { node: string; key: string; direction: Direction; reason: "limit" | "depth"; count: number }[];
  };
}

export interface PathsAnswer {
  from: Thing;
  to: Thing;
  distance: number | null;
  total: number;
  paths: { nodes: Thing[]; steps: { edges: Edge[] }[] }[];
  reason: { code: string; text: Labels } | null;
}

/** What tells an edge from others. */
export function edgeId(edge: Edge): string {
  return `${edge.subject}|${edge.predicate.key}|${edge.object}`;
}
