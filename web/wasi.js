// What a WebAssembly module asks of its system (WASI, snapshot preview 1), with files that are kept in memory.

const ERROR = { badFile: 8, exists: 20, invalid: 28, isFolder: 31, noEntry: 44, notFolder: 54, notEmpty: 55, noSeek: 70 };
const TYPE = { terminal: 2, folder: 3, file: 4 };
const ROOT = 3; // the first descriptor behind the standard streams: the folder "/"

export class Exit extends Error {
  constructor(code) {
    super(`the module ended with code ${code}`);
    this.code = code;
  }
}

class File {
  static count = 0;
  constructor(bytes) {
    this.inode = ++File.count;
    this.memory = bytes;
    this.length = bytes.length;
  }

  get bytes() {
    return this.memory.subarray(0, this.length);
  }

  write(at, bytes) {
    const end = at + bytes.length;
    if (end > this.memory.length) {
      const grown = new Uint8Array(Math.max(end, Math.min(2 * this.memory.length, this.memory.length + 2 ** 24)));
      grown.set(this.bytes);
      this.memory = grown;
    }
    this.memory.set(bytes, at);
    this.length = Math.max(this.length, end);
  }
}

export class Wasi {
  // print(text, descriptor) gets what is written to standard output (1) and to standard error (2).
  constructor({ args = [], environment = {}, print = () => {} } = {}) {
    this.args = args;
    this.environment = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    this.print = print;
    this.entries = new Map([["", null]]); // path without the first "/" -> File, or null for a folder
    this.open = new Map([0, 1, 2].map(descriptor => [descriptor, { type: TYPE.terminal }]));
    this.open.set(ROOT, { type: TYPE.folder, path: "" });
  }

  // ---- For the module's host ----

  write(path, bytes) {
    const parts = path.split("/").filter(Boolean);
    for (let n = 1; n < parts.length; ++n) this.entries.set(parts.slice(0, n).join("/"), null);
    this.entries.set(parts.join("/"), new File(bytes));
  }

  read(path) {
    return this.entries.get(path.split("/").filter(Boolean).join("/"))?.bytes;
  }

  // The names in a folder.
  list(path) {
    const folder = path.split("/").filter(Boolean).join("/"), start = folder && `${folder}/`;
    return [...this.entries.keys()].filter(key => key && key.startsWith(start) && !key.slice(start.length).includes("/")).map(key => key.slice(start.length)).filter(Boolean);
  }

  removeFolder(path) {
    const folder = path.split("/").filter(Boolean).join("/");
    for (const key of [...this.entries.keys()]) if (key === folder || key.startsWith(`${folder}/`)) this.entries.delete(key);
  }

  // What WebAssembly.instantiate takes; memory is the instance's, once there is one.
  get imports() {
    const calls = {};
    for (const name of Object.getOwnPropertyNames(Wasi.prototype)) if (/^(args|environ|clock|fd|path|proc|random|sched)_/.test(name)) calls[name] = (...operands) => this[name](...operands);
    return { wasi_snapshot_preview1: calls };
  }

  // ---- Memory of the module ----

  get view() {
    return new DataView(this.memory.buffer);
  }

  bytesAt(pointer, length) {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }

  set32(pointer, value) {
    this.view.setUint32(pointer, value, true);
  }

  set64(pointer, value) {
    this.view.setBigUint64(pointer, BigInt(value), true);
  }

  // The pieces that a read or write is scattered over.
  *pieces(vectors, n) {
    for (let i = 0; i < n; ++i) yield this.bytesAt(this.view.getUint32(vectors + 8 * i, true), this.view.getUint32(vectors + 8 * i + 4, true));
  }

  // Of a folder's descriptor and a path below it; undefined where that leaves the root.
  pathOf(descriptor, pointer, length) {
    const parts = [];
    for (const part of `${this.open.get(descriptor)?.path}/${new TextDecoder().decode(this.bytesAt(pointer, length))}`.split("/")) {
      if (part === "..") parts.pop();
      else if (part && part !== ".") parts.push(part);
    }
    return parts.join("/");
  }

  strings(strings, pointers, at) {
    for (const string of strings) {
      const bytes = new TextEncoder().encode(`${string}\0`);
      this.bytesAt(at, bytes.length).set(bytes);
      this.set32(pointers, at);
      pointers += 4;
      at += bytes.length;
    }
    return 0;
  }

  sizes(strings, count, size) {
    this.set32(count, strings.length);
    this.set32(size, strings.reduce((sum, string) => sum + new TextEncoder().encode(string).length + 1, 0));
    return 0;
  }

  stat(pointer, type, file) {
    this.bytesAt(pointer, 64).fill(0);
    this.set64(pointer + 8, file?.inode ?? 0);
    this.view.setUint8(pointer + 16, type);
    this.set64(pointer + 24, 1);
    this.set64(pointer + 32, file?.length ?? 0);
    return 0;
  }

  // ---- The calls ----

  args_sizes_get(count, size) {
    return this.sizes(this.args, count, size);
  }

  args_get(pointers, at) {
    return this.strings(this.args, pointers, at);
  }

  environ_sizes_get(count, size) {
    return this.sizes(this.environment, count, size);
  }

  environ_get(pointers, at) {
    return this.strings(this.environment, pointers, at);
  }

  clock_time_get(clock, precision, pointer) {
    this.set64(pointer, Math.round((clock === 0 ? Date.now() : performance.now()) * 1e6));
    return 0;
  }

  fd_prestat_get(descriptor, pointer) {
    if (descriptor !== ROOT) return ERROR.badFile;
    this.set32(pointer, 0);
    this.set32(pointer + 4, 1);
    return 0;
  }

  fd_prestat_dir_name(descriptor, pointer) {
    this.view.setUint8(pointer, "/".charCodeAt(0));
    return 0;
  }

  fd_fdstat_get(descriptor, pointer) {
    const open = this.open.get(descriptor);
    if (!open) return ERROR.badFile;
    this.bytesAt(pointer, 24).fill(0);
    this.view.setUint8(pointer, open.type);
    this.bytesAt(pointer + 8, 16).fill(0xff); // all rights
    return 0;
  }

  fd_fdstat_set_flags() {
    return 0;
  }

  fd_filestat_get(descriptor, pointer) {
    const open = this.open.get(descriptor);
    return open ? this.stat(pointer, open.type, open.file) : ERROR.badFile;
  }

  fd_sync() {
    return 0;
  }

  fd_close(descriptor) {
    return this.open.delete(descriptor) ? 0 : ERROR.badFile;
  }

  fd_seek(descriptor, offset, whence, pointer) {
    const open = this.open.get(descriptor);
    if (!open?.file) return open ? ERROR.noSeek : ERROR.badFile;
    const at = Number(offset) + [0, open.at, open.file.length][whence];
    if (!(at >= 0)) return ERROR.invalid;
    open.at = at;
    this.set64(pointer, at);
    return 0;
  }

  readAt(open, at, vectors, n, pointer) {
    let length = 0;
    for (const piece of this.pieces(vectors, n)) {
      const bytes = open.file.bytes.subarray(at + length, at + length + piece.length);
      piece.set(bytes);
      length += bytes.length;
    }
    this.set32(pointer, length);
    return length;
  }

  fd_read(descriptor, vectors, n, pointer) {
    const open = this.open.get(descriptor);
    if (descriptor === 0) this.set32(pointer, 0);
    else if (!open?.file) return ERROR.badFile;
    else open.at += this.readAt(open, open.at, vectors, n, pointer);
    return 0;
  }

  fd_pread(descriptor, vectors, n, offset, pointer) {
    const open = this.open.get(descriptor);
    if (!open?.file) return ERROR.badFile;
    this.readAt(open, Number(offset), vectors, n, pointer);
    return 0;
  }

  fd_write(descriptor, vectors, n, pointer) {
    const open = this.open.get(descriptor);
    if (!open || open.type === TYPE.folder) return ERROR.badFile;
    let length = 0;
    for (const piece of this.pieces(vectors, n)) {
      if (open.file) open.file.write(open.at, piece);
      else this.print(new TextDecoder().decode(piece.slice()), descriptor);
      if (open.file) open.at += piece.length;
      length += piece.length;
    }
    this.set32(pointer, length);
    return 0;
  }

  fd_readdir(descriptor, buffer, size, cookie, pointer) {
    const open = this.open.get(descriptor);
    if (open?.type !== TYPE.folder) return ERROR.badFile;
    let used = 0;
    const names = this.list(open.path);
    for (let i = Number(cookie); i < names.length && used < size; ++i) {
      const name = new TextEncoder().encode(names[i]), entry = new Uint8Array(24 + name.length), view = new DataView(entry.buffer);
      const file = this.entries.get(open.path ? `${open.path}/${names[i]}` : names[i]);
      view.setBigUint64(0, BigInt(i + 1), true);
      view.setBigUint64(8, BigInt(file?.inode ?? 0), true);
      view.setUint32(16, name.length, true);
      view.setUint8(20, file ? TYPE.file : TYPE.folder);
      entry.set(name, 24);
      const part = entry.subarray(0, size - used); // a cut entry says that there is more
      this.bytesAt(buffer + used, part.length).set(part);
      used += part.length;
    }
    this.set32(pointer, used);
    return 0;
  }

  path_filestat_get(descriptor, flags, path, length, pointer) {
    const file = this.entries.get(this.pathOf(descriptor, path, length));
    return file === undefined ? ERROR.noEntry : this.stat(pointer, file ? TYPE.file : TYPE.folder, file);
  }

  path_open(descriptor, lookup, path, length, how, rights, inherited, flags, pointer) {
    const name = this.pathOf(descriptor, path, length), [create, folder, exclusive, truncate] = [1, 2, 4, 8].map(bit => how & bit);
    let file = this.entries.get(name);
    if (file === undefined && !create) return ERROR.noEntry;
    if (file !== undefined && create && exclusive) return ERROR.exists;
    if (folder && file !== null) return ERROR.notFolder;
    if (file === undefined) {
      if (this.entries.get(name.split("/").slice(0, -1).join("/")) !== null) return ERROR.noEntry;
      this.entries.set(name, file = new File(new Uint8Array(0)));
    }
    if (file && truncate) file.length = 0;
    let next = ROOT + 1;
    while (this.open.has(next)) ++next;
    this.open.set(next, { type: file ? TYPE.file : TYPE.folder, path: name, file, at: file && flags & 1 ? file.length : 0 });
    this.set32(pointer, next);
    return 0;
  }

  path_create_directory(descriptor, path, length) {
    const name = this.pathOf(descriptor, path, length);
    if (this.entries.has(name)) return ERROR.exists;
    this.entries.set(name, null);
    return 0;
  }

  path_remove_directory(descriptor, path, length) {
    const name = this.pathOf(descriptor, path, length), file = this.entries.get(name);
    if (file !== null) return file ? ERROR.notFolder : ERROR.noEntry;
    if (this.list(name).length > 0) return ERROR.notEmpty;
    this.entries.delete(name);
    return 0;
  }

  path_unlink_file(descriptor, path, length) {
    const name = this.pathOf(descriptor, path, length);
    if (!this.entries.get(name)) return this.entries.has(name) ? ERROR.isFolder : ERROR.noEntry;
    this.entries.delete(name);
    return 0;
  }

  path_rename(descriptor, path, length, toDescriptor, toPath, toLength) {
    const from = this.pathOf(descriptor, path, length), to = this.pathOf(toDescriptor, toPath, toLength), file = this.entries.get(from);
    if (!file) return file === null ? ERROR.isFolder : ERROR.noEntry;
    this.entries.delete(from);
    this.entries.set(to, file);
    return 0;
  }

  proc_exit(code) {
    throw new Exit(code);
  }
}
