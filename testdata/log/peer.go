// Command peer checks what Earmark's log publishes with Go's own packages for notes and logs.
//
//	peer note VKEY CHECKPOINT_FILE            prints the text, if the key signed it
//	peer inclusion SIZE ROOT INDEX LEAF HASH...
//	peer consistency OLD OLD_ROOT SIZE ROOT HASH...
//
// Hashes are base64. It exits with 1 and says why when something does not hold.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("wrong use")
	}
	switch args[0] {
	case "note":
		verifier, err := note.NewVerifier(args[1])
		if err != nil {
			return err
		}
		text, err := os.ReadFile(args[2])
		if err != nil {
			return err
		}
		opened, err := note.Open(text, note.VerifierList(verifier))
		if err != nil {
			return err
		}
		fmt.Print(opened.Text)
		return nil
	case "inclusion", "consistency":
		proof, err := hashes(args[5:])
		if err != nil {
			return err
		}
		ends, err := hashes([]string{args[2], args[4]})
		if err != nil {
			return err
		}
		if args[0] == "inclusion" {
			return tlog.CheckRecord(proof, number(args[1]), ends[0], number(args[3]), ends[1])
		}
		return tlog.CheckTree(proof, number(args[3]), ends[1], number(args[1]), ends[0])
	}
	return fmt.Errorf("wrong use")
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return value
}

func hashes(texts []string) ([]tlog.Hash, error) {
	var read []tlog.Hash
	for _, text := range texts {
		bytes, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(bytes) != tlog.HashSize {
			return nil, fmt.Errorf("%q is no hash", text)
		}
		var hash tlog.Hash
		copy(hash[:], bytes)
		read = append(read, hash)
	}
	return read, nil
}
