import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DownloadReport } from "../../lib/checkpoint/download";
import { fetchModel } from "../../lib/checkpoint/hub";
import { loadPretrained } from "../../lib/checkpoint/pretrained";
import { readGolden } from "../golden-case";

/*
 * A hub on this machine. It answers as Hugging Face's does: a list of files with sizes and hashes, and the files, from
 * any byte on; and it can be ill in the ways that networks are.
 */
const golden = readGolden("pretrained");
const commit = "0123456789abcdef";
let files: Map<string, Buffer>;
let requests: { url: string; range: string | undefined }[];
let server: http.Server;
let endpoint: string;
let cache: string;
/** What to do with a file's bytes instead of sending them. */
let ill: { file: string; answer: (response: http.ServerResponse, content: Buffer, begin: number) => void } | undefined;
let listed: Record<string, unknown> = {};

beforeEach(async () => {
  files = new Map(
    Object.entries<string>(golden["gpt2"].files).map(([name, base64]) => [name, Buffer.from(base64, "base64")]),
  );
  requests = [];
  ill = undefined;
  listed = {};
  cache = fs.mkdtempSync(path.join(os.tmpdir(), "hub-"));
  server = http.createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(cache, { recursive: true, force: true });
});

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = request.url!;
  requests.push({ url, range: request.headers.range });
  if (url === "/api/models/tiny/gpt2/revision/main?blobs=true") {
    const siblings = [...files].map(([rfilename, content]) => ({
      rfilename,
      size: content.length,
      blobId: createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex"),
      ...(rfilename.endsWith(".safetensors") && {
        lfs: { sha256: createHash("sha256").update(content).digest("hex"), size: content.length },
      }),
    }));
    response.end(JSON.stringify({ sha: commit, siblings, ...listed }));
    return;
  }
  const content = files.get(url.replace(`/tiny/gpt2/resolve/${commit}/`, ""));
  if (!content) {
    response.writeHead(404).end();
    return;
  }
  const begin = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (ill && url.endsWith(`/${ill.file}`)) ill.answer(response, content, begin);
  else
    response
      .writeHead(begin > 0 ? 206 : 200, { "content-length": content.length - begin })
      .end(content.subarray(begin));
}

const folder = () => path.join(cache, "tiny--gpt2");
const weights = "model.safetensors";
const asked = (file: string) => requests.filter(({ url }) => url.endsWith(`/${file}`));
/** Sends some of the bytes, then breaks the line. */
const broken = (share: number): typeof ill => ({
  file: weights,
  answer(response, content, begin) {
    response.writeHead(begin > 0 ? 206 : 200, { "content-length": content.length - begin });
    const some = content.subarray(begin, begin + Math.floor(share * (content.length - begin)));
    response.write(some, () => setTimeout(() => response.destroy(), 20));
  },
});

describe("a model by its name", () => {
  test("is fetched with progress, loads, and needs no network from then on", async () => {
    const reports: DownloadReport[] = [];
    const first = await loadPretrained("tiny/gpt2", { cache, endpoint, onProgress: (report) => reports.push(report) });
    expect(first.family).toBe("gpt2");
    expect(first.folder).toBe(folder());
    first.model.dispose();
    const ofWeights = reports.filter(({ file }) => file === weights);
    expect(ofWeights[0]).toEqual({ file: weights, done: 0, total: files.get(weights)!.length });
    expect(ofWeights.at(-1)!.done).toBe(files.get(weights)!.length);
    expect(asked("generation_config.json").length).toBe(0); // only what the course reads

    server.closeAllConnections();
    server.close();
    const again = await loadPretrained("tiny/gpt2", { cache, endpoint });
    again.model.dispose();
  });

  test("comes from HF_ENDPOINT, with or without a slash at its end", async () => {
    process.env["HF_ENDPOINT"] = `${endpoint}/`;
    try {
      await fetchModel("tiny/gpt2", { cache });
    } finally {
      delete process.env["HF_ENDPOINT"];
    }
    expect(asked("config.json")[0]!.url).toBe(`/tiny/gpt2/resolve/${commit}/config.json`);
  });

  test("in shards: the index and every file that it names", async () => {
    files = new Map(
      Object.entries<string>(golden["gpt2 in shards"].files).map(([name, text]) => [name, Buffer.from(text, "base64")]),
    );
    const { model } = await loadPretrained("tiny/gpt2", { cache, endpoint });
    model.dispose();
    expect(fs.readdirSync(folder()).filter((name) => name.endsWith(".safetensors")).length).toBe(4);
  });
});

describe("a download that goes wrong", () => {
  test("interrupted: says so, keeps what came, and goes on from there", async () => {
    ill = broken(0.4);
    await expect(fetchModel("tiny/gpt2", { cache, endpoint })).rejects.toThrow(
      /^download: expected \d+ bytes of model\.safetensors, got \d+ before the connection ended \(.+\); run it again: it goes on from there$/,
    );
    expect(fs.existsSync(path.join(folder(), weights))).toBe(false);
    const part = fs.statSync(path.join(folder(), `${weights}.part`)).size;
    expect(part).toBe(Math.floor(0.4 * files.get(weights)!.length));
    expect(fs.existsSync(path.join(folder(), "source.json"))).toBe(false);

    ill = undefined;
    requests = [];
    await fetchModel("tiny/gpt2", { cache, endpoint });
    expect(asked(weights).map(({ range }) => range)).toEqual([`bytes=${part}-`]);
    expect(asked("config.json").length).toBe(0); // that one was there, and right
    expect(fs.readFileSync(path.join(folder(), weights))).toEqual(files.get(weights));
    expect(fs.readdirSync(folder()).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("a server that cannot go on in the middle sends everything again", async () => {
    ill = broken(0.5);
    await expect(fetchModel("tiny/gpt2", { cache, endpoint })).rejects.toThrow(/before the connection ended/);
    ill = { file: weights, answer: (response, content) => response.writeHead(200).end(content) };
    await fetchModel("tiny/gpt2", { cache, endpoint });
    expect(fs.readFileSync(path.join(folder(), weights))).toEqual(files.get(weights));
  });

  test.each([weights, "config.json"])("tampered %s: its hash is wrong, and it is thrown away", async (file) => {
    ill = {
      file,
      answer(response, content) {
        const other = Buffer.from(content);
        other[other.length - 3]! ^= 1;
        response.end(other);
      },
    };
    await expect(fetchModel("tiny/gpt2", { cache, endpoint })).rejects.toThrow(
      new RegExp(`^download: expected ${file} with SHA-(256|1) [0-9a-f]{12}…, got [0-9a-f]{12}…; it was thrown away`),
    );
    const left = fs.readdirSync(folder()).filter((name) => name.startsWith(file));
    expect(left).toEqual([]);
  });

  test("longer than announced: thrown away before it fills the disk", async () => {
    ill = { file: weights, answer: (response, content) => response.end(Buffer.concat([content, content])) };
    await expect(fetchModel("tiny/gpt2", { cache, endpoint })).rejects.toThrow(
      /expected \d+ bytes of model\.safetensors, got more; it was thrown away/,
    );
    expect(fs.readdirSync(folder()).filter((name) => name.startsWith(weights))).toEqual([]);
  });

  test("a file that was changed in the cache: its size is noticed, and it is fetched again", async () => {
    await fetchModel("tiny/gpt2", { cache, endpoint });
    fs.truncateSync(path.join(folder(), weights), 100);
    requests = [];
    await fetchModel("tiny/gpt2", { cache, endpoint });
    expect(asked(weights).length).toBe(1);
    expect(asked("config.json").length).toBe(0);
    expect(fs.readFileSync(path.join(folder(), weights))).toEqual(files.get(weights));
  });

  test("an abort ends it", async () => {
    const control = new AbortController();
    const onProgress = ({ file, done }: DownloadReport) => {
      if (file === weights && done > 0) control.abort();
    };
    ill = broken(0.5);
    await expect(fetchModel("tiny/gpt2", { cache, endpoint, onProgress, signal: control.signal })).rejects.toThrow(
      /abort/i,
    );
    expect(fs.existsSync(path.join(folder(), weights))).toBe(false);
  });
});

describe("what cannot be fetched is explained", () => {
  test("no network", async () => {
    server.close();
    server.closeAllConnections();
    const loading = loadPretrained("tiny/gpt2", { cache, endpoint });
    await expect(loading).rejects.toThrow(
      /^loadPretrained: expected tiny\/gpt2 in .*tiny--gpt2 or a network to fetch it, got neither \(.*ECONNREFUSED.*\)/,
    );
    await expect(loading).rejects.toThrow(
      "Connect once and run it again: then it works offline. A mirror is named by HF_ENDPOINT; a folder with the model's files works, too",
    );
  });

  test("no such model", async () => {
    await expect(loadPretrained("tiny/gpt3", { cache, endpoint })).rejects.toThrow(
      `expected a public model, got none of the name tiny/gpt3 (revision main) at ${endpoint}`,
    );
  });

  test.each(["a/b/c", "../up", "tiny/..", "", "tiny gpt2"])("a name that is none: %s", async (name) => {
    await expect(fetchModel(name, { cache, endpoint })).rejects.toThrow(
      "fetchModel: expected a model's name such as openai-community/gpt2, got",
    );
    expect(requests).toEqual([]);
  });

  test("no safetensors", async () => {
    files.delete(weights);
    await expect(fetchModel("tiny/gpt2", { cache, endpoint })).rejects.toThrow(
      "got neither; the course reads safetensors only",
    );
  });

  test("an index that points out of its folder: nothing is written there", async () => {
    files.delete(weights);
    files.set("model.safetensors.index.json", Buffer.from('{"weight_map":{"w":"../../evil.safetensors"}}'));
    await expect(fetchModel("tiny/gpt2", { cache, endpoint })).rejects.toThrow(
      'openWeights: model.safetensors.index.json: expected w in a file beside the index, got "../../evil.safetensors"; an index may not point elsewhere',
    );
    expect(fs.readdirSync(cache)).toEqual(["tiny--gpt2"]);
  });

  test("a list that is none", async () => {
    listed = { sha: "../x" };
    await expect(fetchModel("tiny/gpt2", { cache, endpoint })).rejects.toThrow(
      /expected the model's commit from .*, got "\.\.\/x"/,
    );
  });
});
