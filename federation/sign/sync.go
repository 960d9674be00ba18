package sign

import (
	"net/http"
	"strings"

	"github.com/saphan-network/saphan/federation"
)

// SyncHeader tells what a collection holds (FEP-8fcf). It is signed when it is there.
const SyncHeader = "Collection-Synchronization"

// Sync is what a SyncHeader says.
type Sync struct {
	Collection string // IRI
	URL        string // where the receiver may read it
	Digest     string // see proof.CollectionDigest
	Version    string // of the collection, in digits; ours alone
}

// String writes the header.
func (s Sync) String() string {
	return `collectionId="` + s.Collection + `", url="` + s.URL + `", digest="` + s.Digest + `", version="` + s.Version + `"`
}

// Synced reads the SyncHeader of a request whose signature was verified. One that
// was not signed, that stands there twice or is in any other form, is none.
func Synced(h http.Header) (Sync, bool) {
	lines := h.Values(SyncHeader)
	if len(lines) != 1 || len(lines[0]) > maxHeader || !covers(h, strings.ToLower(SyncHeader)) {
		return Sync{}, false
	}
	var s Sync
	to := map[string]*string{"collectionId": &s.Collection, "url": &s.URL, "digest": &s.Digest, "version": &s.Version}
	for _, one := range strings.Split(lines[0], ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(one), "=")
		into := to[name]
		if !ok || into == nil || *into != "" || len(value) < 3 || value[0] != '"' || value[len(value)-1] != '"' {
			return Sync{}, false
		}
		*into = value[1 : len(value)-1]
	}
	if federation.CheckIRI(s.Collection) != nil || federation.CheckIRI(s.URL) != nil || len(s.Digest) != 64 || strings.Trim(s.Digest, "0123456789abcdef") != "" ||
		len(s.Version) > 16 || strings.Trim(s.Version, "0123456789") != "" {
		return Sync{}, false
	}
	return s, true
}

// covers reports whether the one signature of a request covers a header.
func covers(h http.Header, name string) bool {
	if SchemeOf(h) == RFC9421 {
		in, err := readInput(h)
		return err == nil && in.covered(name)
	}
	p, err := parameters(h)
	return err == nil && p.covers[name]
}
