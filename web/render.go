package web

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/jba/templatecheck"

	"github.com/saphan-network/saphan/web/locale"
	"github.com/saphan-network/saphan/web/ui"
)

type htmlText = template.HTML

// Entry is one page type with its template; make it with Of.
type Entry struct {
	name  string
	check func(*template.Template) error
	run   func(*template.Template, io.Writer, Page) error
}

// Name is the template's path.
func (e Entry) Name() string { return e.name }

// Of registers a page type. The template is checked strictly against T: a name
// that T does not have is an error when the server starts.
func Of[T Page]() Entry {
	var zero T
	return Entry{
		name: zero.Template(),
		check: func(t *template.Template) error {
			_, err := templatecheck.NewChecked[T](t)
			return err
		},
		run: func(t *template.Template, w io.Writer, p Page) error {
			v, ok := p.(T)
			if !ok {
				return fmt.Errorf("web: page %s is a %T, registered as %T", p.Template(), p, zero)
			}
			return t.Execute(w, v)
		},
	}
}

// Options configure a Renderer.
type Options struct {
	UI     UI
	Locale *locale.Bundle // loaded when nil
	Assets *Assets        // made from ui.Static when nil
	Label  func(list, code, lang string) string
	Codes  func(list string) []string
}

// Renderer renders pages. It is immutable after New and safe for concurrent use.
type Renderer struct {
	locale *locale.Bundle
	assets *Assets
	ui     UI
	mark   string // stands for the nonce in a rendered body until the response is known
	sets   map[string]*set
}

type set struct {
	layout *template.Template
	pages  map[string]page
}

// page is parsed when it is first shown: a server shows few of its pages in two
// languages, and each carries all components with it.
type page struct {
	tmpl func() (*template.Template, error)
	run  func(*template.Template, io.Writer, Page) error
}

// New parses and checks every template.
func New(o Options) (*Renderer, error) {
	if o.Locale == nil {
		b, err := locale.Load()
		if err != nil {
			return nil, err
		}
		o.Locale = b
	}
	if o.Assets == nil {
		a, err := NewAssets(ui.Static())
		if err != nil {
			return nil, err
		}
		o.Assets = a
	}
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("web: nonce mark: %w", err)
	}
	r := &Renderer{locale: o.Locale, assets: o.Assets, ui: o.UI, mark: hex.EncodeToString(raw), sets: map[string]*set{}}
	for i, lang := range locale.Langs() {
		s, err := r.build(lang, o, i == 0)
		if err != nil {
			return nil, err
		}
		r.sets[lang] = s
	}
	return r, nil
}

// build prepares one language's templates. Templates and types are the same in
// every language, so one check is enough.
func (r *Renderer) build(lang string, o Options, check bool) (*set, error) {
	base := template.New("").Funcs(r.funcs(lang, o))
	base, err := base.ParseFS(ui.Templates(), "*.html")
	if err != nil {
		return nil, fmt.Errorf("web: components: %w", err)
	}
	s := &set{pages: map[string]page{}}
	pages := append([]Entry{Of[ErrorPage]()}, o.UI.Pages...)
	for _, e := range pages {
		if _, twice := s.pages[e.name]; twice {
			return nil, fmt.Errorf("web: page %s is registered twice", e.name)
		}
		if check {
			t, err := parsePage(base, o.UI.Templates, e.name)
			if err != nil {
				return nil, err
			}
			if err := e.check(t); err != nil {
				return nil, fmt.Errorf("web: page %s: %w", e.name, err)
			}
		}
		tmpl := sync.OnceValues(func() (*template.Template, error) { return parsePage(base, o.UI.Templates, e.name) })
		s.pages[e.name] = page{tmpl: tmpl, run: e.run}
	}
	around, err := base.Clone() // what has been shown once cannot be cloned any more, and pages are made from base
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.layout = around.Lookup("layout")
	if check {
		if _, err := templatecheck.NewChecked[frame](s.layout); err != nil {
			return nil, fmt.Errorf("web: layout: %w", err)
		}
	}
	return s, nil
}

// parsePage makes a set of the components, the area's parts (files whose names
// begin with "_") and the page itself.
func parsePage(base *template.Template, from []fs.FS, name string) (*template.Template, error) {
	if t := base.Lookup(name); t != nil {
		c, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		return c.Lookup(name), nil
	}
	for _, fsys := range from {
		src, err := fs.ReadFile(fsys, name+".html")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		parts, err := fs.Glob(fsys, path.Dir(name)+"/_*.html")
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		if len(parts) > 0 {
			if t, err = t.ParseFS(fsys, parts...); err != nil {
				return nil, fmt.Errorf("web: %s: %w", name, err)
			}
		}
		if t, err = t.New(name).Parse(string(src)); err != nil {
			return nil, fmt.Errorf("web: %s: %w", name, err)
		}
		return t, nil
	}
	return nil, fmt.Errorf("web: page %s has no template file", name)
}

// Locale returns the messages that the pages are written with.
func (r *Renderer) Locale() *locale.Bundle { return r.locale }

// Assets returns the static files that the pages refer to.
func (r *Renderer) Assets() *Assets { return r.assets }

// UI returns the registered pages.
func (r *Renderer) UI() UI { return r.ui }

// Render writes a whole page. Nothing is written when it fails.
func (r *Renderer) Render(w io.Writer, s Shell, p Page) error {
	s.Lang = locale.Known(s.Lang)
	set := r.sets[s.Lang]
	body, err := r.body(set, p)
	if err != nil {
		return err
	}
	f := frame{Shell: s, Body: htmlText(body)} // #nosec G203 -- the body is the output of html/template
	if s.Flash != nil {
		f.Flash = flashOf(*s.Flash)
	}
	for _, l := range locale.Langs() {
		f.Langs = append(f.Langs, langChoice{Code: l, Name: langName(l), Current: l == s.Lang})
	}
	var out bytes.Buffer
	if err := set.layout.Execute(&out, f); err != nil {
		return fmt.Errorf("web: layout: %w", err)
	}
	_, err = w.Write(bytes.ReplaceAll(out.Bytes(), []byte(r.mark), []byte(s.Nonce)))
	return err
}

func (r *Renderer) body(s *set, p Page) (string, error) {
	name := p.Template()
	pg, ok := s.pages[name]
	if !ok {
		return "", fmt.Errorf("web: page %s is not registered", name)
	}
	t, err := pg.tmpl()
	if err != nil {
		return "", err
	}
	var body strings.Builder
	if err := pg.run(t, &body, p); err != nil {
		return "", fmt.Errorf("web: page %s: %w", name, err)
	}
	return body.String(), nil
}

func flashOf(f Flash) ui.Flash {
	var args []any
	for k, v := range f.Args {
		args = append(args, k, v)
	}
	return ui.Flash{Text: ui.T(f.Key, args...), Tone: f.Tone}
}

func langName(lang string) string {
	if lang == locale.English {
		return "English"
	}
	return "ไทย"
}
