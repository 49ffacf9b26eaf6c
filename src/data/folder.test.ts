import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NearmissError } from "../errors.js";
import { atomically, ensureFolder, fileError, hashFile, hashOf, writeFileAtomic } from "./folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("writes a whole file, into folders it makes", async () => {
  const path = join(folder, "a", "b.json");
  await writeFileAtomic(path, "one");
  await writeFileAtomic(path, new Uint8Array([116, 119, 111]));
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(readdirSync(join(folder, "a"))).toEqual(["b.json"]);
});

it("on a full disk keeps the old file, leaves no scraps and says so once", async () => {
  const path = join(folder, "x");
  await writeFileAtomic(path, "old");
  const full = atomically(path, async (file) => {
    await file.writeFile("half");
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  });
  await expect(full).rejects.toThrow(NearmissError);
  await expect(full).rejects.toThrow(`Cannot write ${path}: no space is left on the device. Free some space`);
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["x"]);
});

it("leaves no scraps where the process ends in the middle, nor an ear for its end after it", async () => {
  const listeners = process.listenerCount("exit");
  await Promise.all(["a", "b"].map((name) => writeFileAtomic(join(folder, name), name)));
  expect(process.listenerCount("exit")).toBe(listeners);
  const writing = ["--import", "tsx", "tests/fakes/killed-writing.ts", join(folder, "c")];
  const { status, stdout } = spawnSync(process.execPath, writing, { encoding: "utf8" });
  expect([status, stdout]).toEqual([3, "2 files\n"]);
  expect(readdirSync(folder)).toEqual(["a", "b"]);
});

it("names a file that stands where a folder should be", async () => {
  writeFileSync(join(folder, "x"), "");
  await expect(ensureFolder(join(folder, "x"))).rejects.toThrow(/a file of that name is in the way/);
  await expect(ensureFolder(join(folder, "x", "y"))).rejects.toThrow(/a part of the path is a file/);
});

it("passes on what is no failure of the file system", () => {
  const defect = new TypeError("x is not a function");
  expect(fileError(defect, "x", "read")).toBe(defect);
});

it("hashes values by content, not by key order", async () => {
  expect(hashOf({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(hashOf({ b: [{ d: 3, c: 2 }], a: 1 }));
  expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: "1" }));
  expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
  writeFileSync(join(folder, "x"), "abc");
  // The test vector of FIPS 180-2.
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await hashFile(join(folder, "x"))).toBe(abc);
  await expect(hashFile(folder)).rejects.toThrow(/it is a folder/);
});
