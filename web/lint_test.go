package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/saphan-network/saphan/web/ui"
)

var (
	getForm = regexp.MustCompile(`(?s)<form method="get".*?</form>`)
	free    = regexp.MustCompile(`\((?:search|input|area) |<(?:input|textarea) `)
)

var action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// lint returns what a template file does that pages may not do.
func lint(text string) []string {
	var faults []string
	if forms := getForm.FindAllString(text, -1); slices.ContainsFunc(forms, func(f string) bool { return free.MatchString(f) }) {
		faults = append(faults, "free words in a form whose method is get: what somebody types would stand in the address")
	}
	z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(text, " ")))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() == io.EOF {
				return faults
			}
			return append(faults, z.Err().Error())
		case html.TextToken:
			if s := strings.TrimSpace(string(z.Text())); strings.IndexFunc(s, unicode.IsLetter) >= 0 {
				faults = append(faults, "raw words: "+s)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			for _, a := range tok.Attr {
				switch {
				case a.Key == "style", strings.HasPrefix(a.Key, "hx-on"), len(a.Key) > 2 && strings.HasPrefix(a.Key, "on"):
					faults = append(faults, "attribute "+a.Key)
				case strings.HasPrefix(a.Val, "js:"), strings.HasPrefix(a.Val, "javascript:"):
					faults = append(faults, "script in "+a.Key)
				case a.Key == "hx-trigger" && strings.Contains(a.Val, "["):
					faults = append(faults, "filter expression in hx-trigger")
				case spoken[a.Key] && strings.IndexFunc(a.Val, unicode.IsLetter) >= 0:
					faults = append(faults, "raw words in "+a.Key+": "+a.Val)
				}
			}
		}
	}
}

// spoken are the attributes that people read or hear.
var spoken = map[string]bool{"title": true, "alt": true, "placeholder": true, "aria-label": true, "data-label": true}

func TestTemplatesKeepTheRules(t *testing.T) {
	n := 0
	eachFile(t, ".", func(path string, raw []byte) {
		if !strings.HasSuffix(path, ".html") {
			return
		}
		n++
		for _, fault := range lint(string(raw)) {
			t.Errorf("%s: %s", path, fault)
		}
	})
	if n < 10 {
		t.Fatalf("only %d templates were found", n)
	}
}

func TestLintFindsFaults(t *testing.T) {
	for text, want := range map[string]string{
		`<p>สวัสดี</p>`:                 "raw words: สวัสดี",
		`<p style="x">{{.A}}</p>`:       "attribute style",
		`<p onclick="x">{{.A}}</p>`:     "attribute onclick",
		`<p hx-on:click="x">{{.A}}</p>`: "attribute hx-on:click",
		`<p hx-vals="js:{a:1}"></p>`:    "script in hx-vals",
		`<p hx-trigger="load[a]"></p>`:  "filter expression in hx-trigger",
		`<form method="get">{{template "ui/field" (search "q" "x" .Q)}}</form>`: "free words in a form whose method is get: what somebody types would stand in the address",
		`<input placeholder="Name">`:             "raw words in placeholder: Name",
		`<p title="{{t "a.b"}}">{{t "x"}}</p>`:   "",
		`{{if .A}}<p>{{.A}} · {{.B}}</p>{{end}}`: "",
	} {
		if got := strings.Join(lint(text), "; "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestVendoredFilesAreWhatTheyWere(t *testing.T) {
	raw, err := fs.ReadFile(ui.Static(), "vendor/vendor.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct{ File, Name, Version, Source, SHA256, Licence string }
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, v := range list {
		body, err := fs.ReadFile(ui.Static(), v.File)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != v.SHA256 {
			t.Errorf("%s has changed: update vendor.json if that was meant", v.File)
		}
		if v.Name == "" || v.Version == "" || v.Source == "" || v.Licence == "" {
			t.Errorf("%s is not fully described", v.File)
		}
		named[v.File] = true
	}
	err = fs.WalkDir(ui.Static(), "vendor", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == "vendor/vendor.json" {
			return err
		}
		if strings.HasSuffix(path, "/LICENSE") {
			return nil
		}
		if !named[path] {
			t.Errorf("%s is not in vendor.json", path)
		}
		if _, err := fs.Stat(ui.Static(), path[:strings.LastIndex(path, "/")]+"/LICENSE"); err != nil {
			t.Errorf("%s has no LICENSE beside it", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var iconUse = regexp.MustCompile(`icon "([a-z-]+)"|icon_of "([a-z-]+)"|empty "([a-z-]+)"`)

func TestEveryIconIsInTheSprite(t *testing.T) {
	sprite, err := fs.ReadFile(ui.Static(), "icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	iconGo := regexp.MustCompile(`Icon:\s+"([a-z-]+)"`)
	eachFile(t, "..", func(path string, raw []byte) {
		re := iconUse
		if strings.HasSuffix(path, ".go") {
			re = iconGo
		}
		for _, m := range re.FindAllStringSubmatch(string(raw), -1) {
			name := strings.Join(m[1:], "")
			if !strings.Contains(string(sprite), `id="`+name+`"`) {
				t.Errorf("%s: there is no icon %q", path, name)
			}
		}
	})
}
