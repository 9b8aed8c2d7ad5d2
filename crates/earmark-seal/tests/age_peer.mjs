// The `age-encryption` package as a peer: node age_peer.mjs PACKAGE keygen | decrypt IDENTITY FILE
//
// `keygen` prints a post-quantum identity and its recipient, one line each; `decrypt` prints the plaintext.
import { readFileSync } from 'node:fs'
import { webcrypto } from 'node:crypto'
import { pathToFileURL } from 'node:url'

globalThis.crypto ??= webcrypto
const [folder, act, identity, file] = process.argv.slice(2)
const age = await import(pathToFileURL(`${folder}/dist/index.js`).href)
if (act === 'keygen') {
  const made = await age.generateHybridIdentity()
  console.log(`${made}\n${await age.identityToRecipient(made)}`)
} else {
  const decrypter = new age.Decrypter()
  decrypter.addIdentity(identity)
  process.stdout.write(await decrypter.decrypt(readFileSync(file)))
}
