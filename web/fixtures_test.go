package web_test

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/locale"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/storybook"
)

func servers() []web.UI {
	return []web.UI{
		nodeui.UI().With(staffui.UI()).With(storybook.UI()),
		hubui.UI().With(staffui.UI()).With(storybook.UI()),
	}
}

func renderer(t testing.TB, u web.UI) *web.Renderer {
	t.Helper()
	r, err := web.New(web.Options{UI: u, Label: vocabulary.Label, Codes: vocabulary.Codes})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const nonce = "nonceOfThisResponse"

func render(t testing.TB, r *web.Renderer, f web.Fixture, lang string) string {
	t.Helper()
	s := web.Shell{
		Lang: lang, Org: "คลินิกกฎหมายดอยงาม", Server: r.UI().Server, TitleKey: f.TitleKey, Path: "/x", Nonce: nonce,
		Flash: &web.Flash{Key: "people.roles.done"}, Demo: true,
	}
	if !f.Public {
		s.UserName = "อรทัย ใจดี"
		s.Nav = []web.NavItem{{Key: "shell.nav.home", Href: "/", Icon: "home", Current: true, Count: 2}}
	}
	var out bytes.Buffer
	if err := r.Render(&out, s, f.Page); err != nil {
		t.Fatalf("%s %s: %v", f.Name, lang, err)
	}
	return out.String()
}

func TestEveryPageHasAFixture(t *testing.T) {
	for _, u := range servers() {
		seen, names := map[string]bool{}, map[string]bool{}
		for _, f := range u.Fixtures {
			seen[f.Page.Template()] = true
			if names[f.Name] {
				t.Errorf("two fixtures are called %q", f.Name)
			}
			names[f.Name] = true
			if f.TitleKey == "" {
				t.Errorf("fixture %q has no title", f.Name)
			}
		}
		for _, e := range u.Pages {
			if !seen[e.Name()] && e.Name() != "storybook/index" {
				t.Errorf("%s page %s has no fixture", u.Server, e.Name())
			}
		}
	}
}

func TestFixturesAreWellMade(t *testing.T) {
	for _, u := range servers() {
		r := renderer(t, u)
		key := regexp.MustCompile(`^(` + strings.Join(r.Locale().Areas(), "|") + `)(\.[a-z0-9_]+)+$`)
		for _, f := range u.Fixtures {
			for _, lang := range locale.Langs() {
				page := render(t, r, f, lang)
				doc, err := html.Parse(strings.NewReader(page))
				if err != nil {
					t.Fatalf("%s: %v", f.Name, err)
				}
				for _, fault := range inspect(doc, lang, key) {
					t.Errorf("%s %s %s: %s", u.Server, f.Name, lang, fault)
				}
				if strings.Contains(page, "<no value>") {
					t.Errorf("%s: a value is missing", f.Name)
				}
			}
		}
	}
}

// TestInspectFindsFaults keeps the proof itself honest.
func TestInspectFindsFaults(t *testing.T) {
	key := regexp.MustCompile(`^(home)(\.[a-z0-9_]+)+$`)
	good := `<html lang="th"><body><h1>x</h1>%</body></html>`
	for want, bit := range map[string]string{
		"style attribute":            `<p style="color:red">x</p>`,
		"onclick attribute":          `<p onclick="x()">x</p>`,
		"hx-on:click attribute":      `<p hx-on:click="x()">x</p>`,
		"script without the nonce":   `<script src="/x.js"></script>`,
		"htmx element without nonce": `<p hx-get="/x">x</p>`,
		"input without a label":      `<input name="a">`,
		"id a stands twice":          `<p id="a">x</p><p id="a">y</p>`,
		"button without words":       `<button></button>`,
		"2 h1 elements":              `<h1>y</h1>`,
		"home.title is not said":     `<p>home.title</p>`,
	} {
		doc, err := html.Parse(strings.NewReader(strings.Replace(good, "%", bit, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(inspect(doc, "th", key), "; "); got != want {
			t.Errorf("%s: found %q, want %q", bit, got, want)
		}
	}
}

func inspect(doc *html.Node, lang string, key *regexp.Regexp) []string {
	var faults []string
	add := func(s string) { faults = append(faults, s) }
	labels, ids, h1 := map[string]bool{}, map[string]int{}, 0
	each(doc, func(n *html.Node) {
		if n.Data == "label" && n.Type == html.ElementNode {
			labels[attr(n, "for")] = true
		}
	})
	each(doc, func(n *html.Node) {
		if n.Type == html.TextNode && key.MatchString(strings.TrimSpace(n.Data)) && n.Parent.Data != "code" {
			add(strings.TrimSpace(n.Data) + " is not said")
		}
		if n.Type != html.ElementNode {
			return
		}
		for _, a := range n.Attr {
			if a.Key == "style" || (strings.HasPrefix(a.Key, "on") && a.Key != "on") || strings.HasPrefix(a.Key, "hx-on") {
				add(a.Key + " attribute")
			} else if strings.HasPrefix(a.Key, "hx-") && a.Key != "hx-nonce" && attr(n, "hx-nonce") != nonce {
				add("htmx element without nonce")
			}
		}
		if id := attr(n, "id"); id != "" {
			if ids[id]++; ids[id] == 2 {
				add("id " + id + " stands twice")
			}
		}
		switch n.Data {
		case "html":
			if attr(n, "lang") != lang {
				add("html has no lang")
			}
		case "h1":
			h1++
		case "script":
			if attr(n, "nonce") != nonce {
				add("script without the nonce")
			}
		case "input", "select", "textarea":
			if attr(n, "type") != "hidden" && !labelled(n, labels) {
				add(n.Data + " without a label")
			}
		case "button", "a":
			if words(n) == "" && attr(n, "aria-label") == "" {
				add(n.Data + " without words")
			}
		case "img":
			if !has(n, "alt") {
				add("img without alt")
			}
		}
	})
	if h1 != 1 {
		add(string(rune('0'+h1)) + " h1 elements")
	}
	return faults
}

func labelled(n *html.Node, labels map[string]bool) bool {
	if id := attr(n, "id"); id != "" && labels[id] {
		return true
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return true
		}
	}
	return attr(n, "aria-label") != "" || attr(n, "aria-labelledby") != ""
}

func each(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, f)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func words(n *html.Node) string {
	var b strings.Builder
	each(n, func(c *html.Node) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	})
	return strings.TrimSpace(b.String())
}

func TestConcurrentRenderKeepsLanguagesApart(t *testing.T) {
	r := renderer(t, servers()[0])
	f := r.UI().Fixtures[1]
	want := map[string]string{}
	for _, lang := range locale.Langs() {
		want[lang] = render(t, r, f, lang)
	}
	if want["th"] == want["en"] {
		t.Fatal("the languages do not differ")
	}
	var wg sync.WaitGroup
	for i := range 32 {
		lang := locale.Langs()[i%2]
		wg.Go(func() {
			var out bytes.Buffer
			s := web.Shell{Lang: lang, Org: "คลินิกกฎหมายดอยงาม", Server: "node", TitleKey: f.TitleKey, Path: "/x", Nonce: nonce, Flash: &web.Flash{Key: "people.roles.done"}, Demo: true,
				UserName: "อรทัย ใจดี", Nav: []web.NavItem{{Key: "shell.nav.home", Href: "/", Icon: "home", Current: true, Count: 2}}}
			if err := r.Render(&out, s, f.Page); err != nil {
				t.Error(err)
			} else if out.String() != want[lang] {
				t.Errorf("a %s page came out differently", lang)
			}
		})
	}
	wg.Wait()
}

type wrongPage struct{ Title string }

func (wrongPage) Template() string { return "home/home" }

func TestNewRefusesATemplateThatDoesNotFitItsPage(t *testing.T) {
	u := nodeui.UI()
	u.Pages = []web.Entry{web.Of[wrongPage]()}
	if _, err := web.New(web.Options{UI: u}); err == nil || !strings.Contains(err.Error(), "Today") {
		t.Fatalf("a template that names fields its page does not have was accepted: %v", err)
	}
}

func TestRenderRefusesAnUnregisteredPage(t *testing.T) {
	r := renderer(t, servers()[1])
	var out bytes.Buffer
	if err := r.Render(&out, web.Shell{}, wrongPage{}); err == nil || out.Len() > 0 {
		t.Fatalf("wrote %d bytes, error %v", out.Len(), err)
	}
}

func BenchmarkNew(b *testing.B) {
	u := servers()[0]
	for b.Loop() {
		renderer(b, u)
	}
}
