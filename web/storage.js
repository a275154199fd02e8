// What outlives the page: the data set that was dropped on it, and the run under way. In IndexedDB, of this browser alone.

export class Storage {
  // undefined where the browser keeps nothing, in a private window for one, or where another tab of the page has it: two would
  // overwrite each other's run.
  static async open() {
    const isOurs = await new Promise(resolve => {
      if (!navigator.locks) return resolve(true);
      // Held until the page is closed.
      navigator.locks.request("mnist_simd", { ifAvailable: true }, lock => {
        resolve(Boolean(lock));
        return lock && new Promise(() => {});
      }).catch(() => resolve(true));
    });
    if (!isOurs) return undefined;
    return new Promise(resolve => {
      try {
        const request = indexedDB.open("mnist_simd", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("files");
        request.onsuccess = () => resolve(Object.assign(new Storage(), { database: request.result }));
        request.onerror = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  }

  transact(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction("files", mode), request = work(transaction.objectStore("files"));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  get(key) {
    return this.transact("readonly", store => store.get(key));
  }

  put(key, value) {
    return this.transact("readwrite", store => store.put(value, key));
  }

  // A run: what is said of it, and those of its files that changed. All of it or nothing.
  putRun(about, files) {
    return this.transact("readwrite", store => {
      for (const file of files) store.put(file.bytes, `run/${file.name}`);
      store.put(about, "run");
    });
  }

  async runFiles(about) {
    return Promise.all(about.names.map(async name => ({ name, bytes: await this.get(`run/${name}`) })));
  }

  forgetData() {
    return this.transact("readwrite", store => {
      store.delete("data");
    });
  }

  forgetRun() {
    return this.transact("readwrite", store => {
      store.delete(IDBKeyRange.bound("run", "run/\uffff"));
    });
  }
}
