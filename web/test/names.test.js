import assert from 'node:assert/strict'
import { test } from 'node:test'

import { nameOfKey, sendableName } from '../packages/presigned-upload/src/names.js'

for (const [key, want] of [
  ['johndoe/1764335562000-banana.json', 'banana.json'],
  ['bob_2F_x/1764335562000-my_20_file__1.txt', 'my file_1.txt'],
  ['johndoe/1764335562000-____41__.txt', '__41_.txt'], // "__" first: the name "__41_.txt"
  ['johndoe/1764335562000-_41F__1F600_.txt', '\u041f\u{1f600}.txt'],
  ['johndoe/1764335562000-_2E_profile', '.profile'],
  ['johndoe/1764335562000-2026-report.pdf', '2026-report.pdf'],
  ['johndoe/1764335562000-_FFFFFF_', '_FFFFFF_'],
  ['johndoe/1764335562000', undefined],
  ['johndoe/readme.txt', undefined],
]) {
  test(`the name in ${key} is ${want}`, () => assert.equal(nameOfKey(key), want))
}

const cyrillic = '\u043f'.repeat(140)
for (const [title, name, want] of [
  ['a plain name', 'banana.json', 'banana.json'],
  ['140 Cyrillic letters', `${cyrillic}.txt`, `${cyrillic}.txt`],
  ['control characters', 'a\tb\r\nc\u007f.txt', 'a_b__c_.txt'],
  ['half of a surrogate pair', 'a\ud83d.txt', 'a_.txt'],
  ['300 characters', `${'a'.repeat(300)}.txt`, `${'a'.repeat(251)}.txt`],
  ['300 emoji', `${'\u{1f600}'.repeat(300)}.txt`, `${'\u{1f600}'.repeat(251)}.txt`],
  ['no extension', 'a'.repeat(300), 'a'.repeat(255)],
  ['a last dot too early for an extension', `a.${'b'.repeat(300)}`, `a.${'b'.repeat(253)}`],
]) {
  test(`sent as a name: ${title}`, () => assert.equal(sendableName(name), want))
}
