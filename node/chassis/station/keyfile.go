package station

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/node/clinic"
)

// The names of the files beside that of the present key.
const (
	nextSuffix  = ".next"  // the key that is going to sign
	spentSuffix = ".spent" // the key that has signed, until it is destroyed
)

// The first lines of a key file say whose key it is and since when.
const (
	owner = "# "
	made  = "# made "
)

// KeyFile is a key of this server with what its file says of it.
type KeyFile struct {
	*sign.Key
	Made time.Time // to the day; of old files when they were written
}

// Fingerprint is what two people compare by telephone.
func (k KeyFile) Fingerprint() string {
	p := k.published()
	return clinic.Fingerprint(p.PEM, p.Assertion.Multibase)
}

// published is what others are told of the key.
func (k KeyFile) published() federation.PublicKey {
	out := federation.PublicKey{ID: k.ID(), PEM: k.PublicPEM()}
	if a := k.Assertion(); a != nil {
		out.Assertion = a.Multikey()
	}
	return out
}

// readKeyFile reads a key of self's. One of another server is a *Moved.
func readKeyFile(path, self string) (KeyFile, error) {
	info, err := os.Stat(path)
	if err != nil {
		return KeyFile{}, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return KeyFile{}, fmt.Errorf("station: %s has mode %04o, must be 0600", path, mode)
	}
	b, err := os.ReadFile(path) //nolint:gosec // the operator's path
	if err != nil {
		return KeyFile{}, err
	}
	out, id := KeyFile{Made: info.ModTime().UTC()}, self+keyName
	lines := strings.SplitN(string(b), "\n", 3)
	if strings.HasPrefix(lines[0], owner) {
		id = strings.TrimPrefix(lines[0], owner)
	}
	if len(lines) > 1 && strings.HasPrefix(lines[1], made) {
		if out.Made, err = time.Parse(time.DateOnly, strings.TrimPrefix(lines[1], made)); err != nil {
			return KeyFile{}, errors.New("station: the day on which the key was made cannot be read")
		}
	}
	if !strings.HasPrefix(id, self+"#") {
		return KeyFile{}, &Moved{Was: id, Is: self + keyName}
	}
	out.Key, err = sign.ParseKey(id, string(b))
	return out, err
}

// newKeyFile makes a key and writes it whole or not at all. Where a file is there
// already, because another process was faster, it fails.
func newKeyFile(path, id string, now time.Time) error {
	key, err := sign.NewKey(id)
	if err != nil {
		return err
	}
	return writeKeyFile(path, KeyFile{key, now}, os.Link)
}

// completeKeyFile puts an Ed25519 key into a file of an earlier version, which has
// none. The file is replaced whole or not at all; the caller sees to it that no
// other process does the same.
func completeKeyFile(path string, old KeyFile) (KeyFile, error) {
	key, err := old.Complete()
	if err != nil {
		return old, err
	}
	both := KeyFile{key, old.Made}
	return both, writeKeyFile(path, both, os.Rename)
}

// nextKeyFile makes the key after the present one. Its name is made of the key
// itself, so that no two keys have the same.
func nextKeyFile(path, self string, now time.Time) error {
	draft, err := sign.NewKey(self + keyName)
	if err != nil {
		return err
	}
	key, err := sign.ParseKey(self+"#"+federation.KeyName(draft.PublicPEM()), draft.PrivatePEM())
	if err != nil {
		return err
	}
	return writeKeyFile(path, KeyFile{key, now}, os.Link)
}

// writeKeyFile writes a key whole or not at all. put is os.Link, which fails where
// another process was faster, or os.Rename.
func writeKeyFile(path string, key KeyFile, put func(from, to string) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".actor-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(owner + key.ID() + "\n" + made + key.Made.UTC().Format(time.DateOnly) + "\n" + key.PrivatePEM())
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = put(f.Name(), path)
	}
	if gone := os.Remove(f.Name()); !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return errors.Join(err, syncFolder(path))
}

// turnKeyFile puts the next key in the place of the present one, which becomes
// the spent one. Whoever dies within finds it to be done again, or done.
func turnKeyFile(path string) error {
	if err := os.Link(path, path+spentSuffix); err != nil && !same(path, path+spentSuffix) {
		return err
	}
	if err := os.Rename(path+nextSuffix, path); err != nil {
		return err
	}
	return syncFolder(path)
}

// destroySpent overwrites and removes the spent key. It leaves alone a file that is
// still the present key, because turnKeyFile was cut off.
func destroySpent(path string) (did bool, err error) {
	spent := path + spentSuffix
	info, err := os.Stat(spent)
	if errors.Is(err, os.ErrNotExist) || err == nil && same(path, spent) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, destroy(spent, info.Size())
}

// destroy overwrites a file and removes it. What a disk or a backup has kept of
// it elsewhere is out of reach.
func destroy(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0) //nolint:gosec // the server's own file
	if err != nil {
		return err
	}
	noise := make([]byte, size)
	_, _ = rand.Read(noise) // never fails
	_, err = f.Write(noise)
	if err = errors.Join(err, f.Sync()); err == nil {
		_, err = f.WriteAt(bytes.Repeat([]byte{0}, len(noise)), 0)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return errors.Join(os.Remove(path), syncFolder(path))
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// KeyFiles lists the files of the live keys of a server whose present key lies at
// path: what a backup must hold.
func KeyFiles(path string) []string {
	var out []string
	for _, p := range []string{path, path + nextSuffix} {
		if _, err := os.Stat(p); err == nil {
			out = append(out, p)
		}
	}
	return out
}
