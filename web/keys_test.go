package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/saphan-network/saphan/web/locale"
)

// uses are the message keys that stand in templates and in Go code, each with
// one place; prefixes are literals that end in a dot.
type uses struct{ keys, prefixes map[string]string }

func findUses(t *testing.T, areas []string) uses {
	t.Helper()
	u := uses{map[string]string{}, map[string]string{}}
	whole := regexp.MustCompile(`^(` + strings.Join(areas, "|") + `)(\.[a-z0-9_]+)+$`)
	prefix := regexp.MustCompile(`^(` + strings.Join(areas, "|") + `)(\.[a-z0-9_]+)*\.$`)
	note := func(s, where string) {
		switch {
		case locale.NotKeys()[s] != "":
		case strings.HasSuffix(s, ".toml"), strings.HasSuffix(s, ".html"), strings.HasSuffix(s, ".go"), strings.HasSuffix(s, ".sql"):
		case whole.MatchString(s):
			u.keys[s] = where
		case prefix.MatchString(s):
			u.prefixes[s] = where
		}
	}
	eachFile(t, "..", func(path string, raw []byte) {
		switch {
		case strings.HasSuffix(path, ".html") && strings.HasPrefix(path, "../web/"):
			for _, s := range templateStrings(t, path, string(raw)) {
				note(s, path)
			}
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			file, err := parser.ParseFile(token.NewFileSet(), path, raw, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					if s, err := strconv.Unquote(l.Value); err == nil {
						note(s, path)
					}
				}
				return true
			})
		}
	})
	return u
}

func eachFile(t *testing.T, root string, f func(path string, raw []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); path != root && (strings.HasPrefix(n, ".") || n == "testdata" || n == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".html" {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(path), raw)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// templateStrings walks the parse trees of a template file and returns its
// string literals.
func templateStrings(t *testing.T, path, text string) []string {
	t.Helper()
	var out []string
	for _, tree := range trees(t, path, text) {
		walk(tree.Root, func(n parse.Node) {
			if s, ok := n.(*parse.StringNode); ok {
				out = append(out, s.Text)
			}
		})
	}
	return out
}

func trees(t *testing.T, path, text string) map[string]*parse.Tree {
	t.Helper()
	tr := parse.New(path)
	tr.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tr.Parse(text, "", "", set); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	set[path] = tr
	return set
}

func walk(n parse.Node, f func(parse.Node)) {
	switch v := n.(type) {
	case nil:
		return
	case *parse.ListNode:
		if v != nil {
			for _, c := range v.Nodes {
				walk(c, f)
			}
		}
		return
	case *parse.ActionNode:
		walk(v.Pipe, f)
	case *parse.PipeNode:
		if v != nil {
			for _, c := range v.Cmds {
				walk(c, f)
			}
		}
		return
	case *parse.CommandNode:
		for _, a := range v.Args {
			walk(a, f)
		}
	case *parse.IfNode:
		branch(&v.BranchNode, f)
	case *parse.RangeNode:
		branch(&v.BranchNode, f)
	case *parse.WithNode:
		branch(&v.BranchNode, f)
	case *parse.TemplateNode:
		walk(v.Pipe, f)
	}
	f(n)
}

func branch(b *parse.BranchNode, f func(parse.Node)) {
	walk(b.Pipe, f)
	walk(b.List, f)
	walk(b.ElseList, f)
}

func TestEveryKeyUsedExists(t *testing.T) {
	b := load(t)
	u := findUses(t, b.Areas())
	for key, where := range u.keys {
		if !b.Speaker(locale.Thai).Has(key) {
			t.Errorf("%s uses %q, which no message file has", where, key)
		}
	}
	known := map[string]bool{}
	for _, d := range locale.DynamicKeys() {
		known[d.Prefix] = true
		if d.Reason == "" {
			t.Errorf("dynamic prefix %q has no reason", d.Prefix)
		}
	}
	for p, where := range u.prefixes {
		if !known[p] {
			t.Errorf("%s builds keys from %q, which is not registered in locale.DynamicKeys", where, p)
		}
	}
}

func TestNoKeyIsUnused(t *testing.T) {
	b := load(t)
	u := findUses(t, b.Areas())
	for _, key := range b.Speaker(locale.Thai).Keys() {
		if _, used := u.keys[key]; used || dynamic(key) {
			continue
		}
		t.Errorf("message %q is not used", key)
	}
}

func dynamic(key string) bool {
	for _, d := range locale.DynamicKeys() {
		if strings.HasPrefix(key, d.Prefix) {
			return true
		}
	}
	return false
}

func load(t *testing.T) *locale.Bundle {
	t.Helper()
	b, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
