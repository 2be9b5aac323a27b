import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectStore } from '../../../src/objects/object-store.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (found: Uint8Array | undefined) => found && new TextDecoder().decode(found);
const listed = async (store: ObjectStore, prefix: string) => {
  const names: string[] = [];
  for await (const name of store.list(prefix)) names.push(name);
  return names;
};

/** Checks the promises of {@link ObjectStore} on a store that `open` makes afresh for each test. */
export const objectStoreContract = (
  name: string,
  open: () => Promise<{ store: ObjectStore; close?: () => Promise<void> }>,
): void => {
  const test = suite(name);
  const check = (title: string, body: (store: ObjectStore) => Promise<void>) =>
    test(title, async () => {
      const { store, close } = await open();
      try {
        await body(store);
      } finally {
        await close?.();
      }
    });

  check('what was put is got, and what was put last stands', async (store) => {
    assert.is(await store.get('a/b.json'), undefined);
    await store.put('a/b.json', bytes('one'));
    await store.put('a/b.json', bytes('two'));
    assert.is(textOf(await store.get('a/b.json')), 'two');
  });

  check('any bytes come back as they were', async (store) => {
    const all = Uint8Array.from({ length: 70_000 }, (_, i) => i % 256);
    await store.put('all', all);
    assert.equal(new Uint8Array((await store.get('all')) ?? []), all);
    await store.put('none', new Uint8Array());
    assert.is((await store.get('none'))?.length, 0);
  });

  check('of many that create one name one does, and its bytes stand', async (store) => {
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((text) => store.create('head', bytes(text))));
    assert.is(made.filter(Boolean).length, 1);
    assert.is(textOf(await store.get('head')), 'abcd'[made.indexOf(true)]);
    assert.is(await store.create('head', bytes('e')), false);
  });

  check('names are listed by their prefix, sorted, whatever folders they are in', async (store) => {
    for (const name of ['b/2', 'a/10', 'b/1', 'b/1x/3', 'c']) await store.put(name, bytes(name));
    assert.equal(await listed(store, ''), ['a/10', 'b/1', 'b/1x/3', 'b/2', 'c']);
    assert.equal(await listed(store, 'b/1'), ['b/1', 'b/1x/3']);
    assert.equal(await listed(store, 'x'), []);
  });

  check('what was removed is gone, and removing nothing is no error', async (store) => {
    await store.put('a', bytes('a'));
    await store.remove('a');
    await store.remove('a');
    assert.is(await store.get('a'), undefined);
    assert.equal(await listed(store, ''), []);
  });

  check('a name that leads elsewhere is refused', async (store) => {
    for (const name of ['', '/a', 'a//b', '../a', 'a/..', './a', 'a b', '~a', 'a\\b']) {
      for (const act of [
        store.get(name),
        store.put(name, bytes('')),
        store.create(name, bytes('')),
        store.remove(name),
      ]) {
        const error = await act.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.instance(error, RangeError, name);
      }
    }
  });

  test.run();
};
