// The judge answers questions about our formats with the libraries that Go's own checksum database is verified by.
//
// It reads one JSON object a line and answers each with one line: {"ok": ...} or {"refused": "why"}. Bytes are base64.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Ask    string   `json:"ask"`
	Note   string   `json:"note"`
	Proof  string   `json:"proof"`
	Name   string   `json:"name"`
	Vkey   string   `json:"vkey"`
	Leaves [][]byte `json:"leaves"`
	Leaf   []byte   `json:"leaf"`
	Hashes [][]byte `json:"hashes"`
	Index  int64    `json:"index"`
	Old    int64    `json:"old"`
	New    int64    `json:"new"`
	// Roots: of the old and of the new tree, or of the only one.
	OldRoot []byte `json:"old_root"`
	Root    []byte `json:"root"`
	Value   []byte `json:"value"`
}

var answers = map[string]func(question) (any, error){
	"open":        open,
	"sign":        sign,
	"root":        root,
	"inclusion":   inclusion,
	"consistency": consistency,
	"canonical":   canonical,
	"tlog-proof":  tlogProof,
	"grown":       grown,
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		if err := out.Encode(answer(line)); err != nil {
			panic(err)
		}
	}
}

func answer(line []byte) map[string]any {
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return map[string]any{"mistake": err.Error()}
	}
	ask, known := answers[q.Ask]
	if !known {
		return map[string]any{"mistake": "unknown question " + q.Ask}
	}
	ok, err := ask(q)
	if err != nil {
		return map[string]any{"refused": err.Error()}
	}
	return map[string]any{"ok": ok}
}

// open returns the text of a note that the key signed.
func open(q question) (any, error) {
	verifier, err := note.NewVerifier(q.Vkey)
	if err != nil {
		return nil, err
	}
	opened, err := note.Open([]byte(q.Note), note.VerifierList(verifier))
	if err != nil {
		return nil, err
	}
	return opened.Text, nil
}

// sign returns a note over the text, signed by a fresh key, and that key as a verifier key.
func sign(q question) (any, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, q.Name)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: q.Note}, signer)
	return map[string]string{"note": string(signed), "vkey": vkey}, err
}

// stored is a whole tree in memory, in the order in which tlog stores hashes.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, s[index])
	}
	return found, nil
}

func store(leaves [][]byte) (stored, error) {
	var tree stored
	for number, leaf := range leaves {
		hashes, err := tlog.StoredHashes(int64(number), leaf, tree)
		if err != nil {
			return nil, err
		}
		tree = append(tree, hashes...)
	}
	return tree, nil
}

// root returns the root over the leaves' data.
func root(q question) (any, error) {
	tree, err := store(q.Leaves)
	if err != nil {
		return nil, err
	}
	hash, err := tlog.TreeHash(int64(len(q.Leaves)), tree)
	return hash[:], err
}

// grown returns the proofs tlog itself makes for the leaves: inclusion of Index in New, consistency from Old to New.
func grown(q question) (any, error) {
	tree, err := store(q.Leaves)
	if err != nil {
		return nil, err
	}
	record, err := tlog.ProveRecord(q.New, q.Index, tree)
	if err != nil {
		return nil, err
	}
	older, err := tlog.ProveTree(q.New, q.Old, tree)
	if err != nil {
		return nil, err
	}
	return map[string][]tlog.Hash{"inclusion": record, "consistency": older}, nil
}

func inclusion(q question) (any, error) {
	hashes, err := toHashes(append(q.Hashes, q.Root, q.Leaf))
	if err != nil {
		return nil, err
	}
	last := len(q.Hashes)
	return true, tlog.CheckRecord(hashes[:last], q.New, hashes[last], q.Index, hashes[last+1])
}

func consistency(q question) (any, error) {
	hashes, err := toHashes(append(q.Hashes, q.Root, q.OldRoot))
	if err != nil {
		return nil, err
	}
	last := len(q.Hashes)
	return true, tlog.CheckTree(hashes[:last], q.New, hashes[last], q.Old, hashes[last+1])
}

func toHashes(all [][]byte) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, one := range all {
		if len(one) != tlog.HashSize {
			return nil, fmt.Errorf("a hash has %d bytes", len(one))
		}
		hashes = append(hashes, tlog.Hash(one))
	}
	return hashes, nil
}

// canonical returns the bytes Go's encoding/json/jsontext writes for a JSON value under RFC 8785.
func canonical(q question) (any, error) {
	value := jsontext.Value(q.Value)
	err := value.Canonicalize()
	return []byte(value), err
}

// tlogProof checks a C2SP tlog-proof of the data in Leaf and returns the index it is proved at.
func tlogProof(q question) (any, error) {
	head, signed, found := strings.Cut(q.Proof, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return nil, errors.New("malformed proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return nil, err
	}
	var proof [][]byte
	for _, line := range lines[2:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return nil, err
		}
		proof = append(proof, hash)
	}
	text, err := open(question{Note: signed, Vkey: q.Vkey})
	if err != nil {
		return nil, err
	}
	checkpoint := strings.Split(text.(string), "\n")
	if len(checkpoint) != 4 || !strings.HasPrefix(q.Vkey, checkpoint[0]+"+") {
		return nil, errors.New("malformed checkpoint")
	}
	size, err := strconv.ParseInt(checkpoint[1], 10, 64)
	if err != nil {
		return nil, err
	}
	top, err := base64.StdEncoding.DecodeString(checkpoint[2])
	if err != nil {
		return nil, err
	}
	leaf := tlog.RecordHash(q.Leaf)
	_, err = inclusion(question{Hashes: proof, Root: top, Leaf: leaf[:], Index: index, New: size})
	return index, err
}
