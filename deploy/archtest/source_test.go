package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/saphan-network/saphan/"

// source is one parsed Go file of the tree.
type source struct {
	path    string // with slashes, from the top
	dir     string
	test    bool
	lines   int
	syntax  *ast.File
	imports []string
}

type tree struct {
	fset  *token.FileSet
	files []source
	dirs  map[string]bool
}

// top is the module's folder: two up from this one.
func top(t *testing.T) string {
	t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(filepath.Dir(wd))
}

func load(t *testing.T) *tree {
	t.Helper()
	root := top(t)
	tr := &tree{fset: token.NewFileSet(), dirs: map[string]bool{}}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "node_modules" || n == "testdata" || (strings.HasPrefix(n, ".") && p != root) || n == "demo-data" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		return tr.add(root, p)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.files) < 100 {
		t.Fatalf("only %d Go files found: the walk is broken", len(tr.files))
	}
	return tr
}

func (tr *tree) add(root, p string) error {
	rel, err := filepath.Rel(root, p)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	f, err := parser.ParseFile(tr.fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	s := source{path: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), syntax: f,
		lines: tr.fset.File(f.Pos()).LineCount()}
	for _, im := range f.Imports {
		v, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			return err
		}
		s.imports = append(s.imports, v)
	}
	tr.files = append(tr.files, s)
	if !s.test {
		tr.dirs[s.dir] = true
	}
	return nil
}

// under reports whether a folder or import path is one of the prefixes or below one.
func under(p string, prefixes ...string) bool {
	for _, q := range prefixes {
		if p == q || strings.HasPrefix(p, q+"/") {
			return true
		}
	}
	return false
}
