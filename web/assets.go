package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"sort"
	"strings"
)

// AssetPrefix is the path under which static files are served.
const AssetPrefix = "/assets/"

// Assets are the static files, each served under a name that holds the hash of
// its bytes, so that a browser may keep it for ever.
type Assets struct {
	urls  map[string]string
	files map[string]asset // by path below AssetPrefix
}

type asset struct {
	kind   string
	body   []byte
	zipped []byte // nil when it does not pay
}

var assetRef = regexp.MustCompile(`asset:([a-zA-Z0-9_./-]+)`)

// NewAssets reads all files. The style sheets of css/ become one, "app.css", in
// the order of their names; "asset:NAME" in them becomes the served address.
func NewAssets(fsys fs.FS) (*Assets, error) {
	a := &Assets{urls: map[string]string{}, files: map[string]asset{}}
	var sheets []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasPrefix(name, "css/") {
			sheets = append(sheets, name)
			return nil
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return a.add(name, body)
	})
	if err != nil {
		return nil, fmt.Errorf("web: assets: %w", err)
	}
	sort.Strings(sheets)
	var css bytes.Buffer
	for _, name := range sheets {
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("web: assets: %w", err)
		}
		css.Write(body)
		css.WriteByte('\n')
	}
	resolved := assetRef.ReplaceAllFunc(css.Bytes(), func(m []byte) []byte {
		return []byte(a.URL(strings.TrimPrefix(string(m), "asset:")))
	})
	return a, a.add("app.css", resolved)
}

func (a *Assets) add(name string, body []byte) error {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	served := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:])[:12] + ext
	kind := mime.TypeByExtension(ext)
	switch ext {
	case ".woff2":
		kind = "font/woff2"
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".svg":
		kind = "image/svg+xml"
	case "", ".md", ".txt":
		kind = "text/plain; charset=utf-8"
	}
	f := asset{kind: kind, body: body}
	if ext != ".woff2" {
		var buf bytes.Buffer
		z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(body); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		if buf.Len() < len(body) {
			f.zipped = buf.Bytes()
		}
	}
	a.files[served] = f
	a.urls[name] = AssetPrefix + served
	return nil
}

// URL is the address of a file by its name below static/, "" when there is none.
func (a *Assets) URL(name string) string { return a.urls[name] }

// ServeHTTP serves a file by its fingerprinted name; any other name is 404.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[strings.TrimPrefix(r.URL.Path, AssetPrefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body := f.body
	if f.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.zipped
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader is gone: nobody to tell
	}
}
