import { language, root, t } from "./page";

/** What an error of the service says (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  [member: string]: unknown;
}

/** An answer that is an error, or that did not come; its message is fit to be shown. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly problem: Problem | null,
  ) {
    super(message);
    this.name = "Failure";
  }
}

async function failureOf(response: Response): Promise<Failure> {
  try {
    const problem = (await response.json()) as Problem;
    return new Failure(problem.detail || problem.title, problem);
  } catch {
    const said = `${response.status} ${response.statusText}`.trim();
    return new Failure(t(`The server answered ${said}.`, `服务器返回 ${said}。`), null);
  }
}

/** Ask the service; what comes is whole, or a `Failure`. An aborted request throws the browser's `AbortError`. */
export async function ask(path: string, accept: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    const headers = { "Accept-Language": language, ...init.headers, Accept: `${accept}, application/problem+json;q=0.5` };
    response = await fetch(`${root}${path}`, { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Failure(t("The server cannot be reached.", "无法连接服务器。"), null);
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** The JSON of a path of the service, with its parameters. */
export async function json<T>(
  path: string,
  parameters: Record<string, string | number | boolean | undefined> = {},
  signal?: AbortSignal,
): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value));
  const shown = query.toString();
  const response = await ask(`${path}${shown ? `?${shown}` : ""}`, "application/json", signal ? { signal } : {});
  return (await response.json()) as T;
}
