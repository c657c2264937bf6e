"""Keys, sealing and the stored-file format: cryptography only, no database, nothing else of ours.

A key provider gives the master key. The master key wraps one key for each compartment, a compartment's key wraps the
own key of every box and every stored file, and that key seals the content. Whoever destroys one of these keys makes
everything below it unreadable, in every copy. All of it is AES-256-GCM (NIST SP 800-38D) with the meaning of what is
sealed as associated data, so that a ciphertext moved to another place is refused and not believed.

What was sealed under format version 1 opens in every later release; `tests/vault/golden` holds it to that.
"""
