// Requests to the server that the page came from.

/** What the server refused, with its reason. */
export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

async function ask(method, path, value) {
  let reply;
  try {
    reply = await fetch(path, value === undefined ? { method } : {
      method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value),
    });
  } catch {
    throw new Refused(0, "the server does not answer; is tal view still running?");
  }
  const content = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Refused(reply.status, content.error || `status ${reply.status}`);
  return content;
}

export const get = (path) => ask("GET", path);
export const put = (path, value) => ask("PUT", path, value);
export const post = (path, value) => ask("POST", path, value);
