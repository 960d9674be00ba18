package storybook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/storybook"
)

// ended remembers the sessions that the quick exit ended.
type ended struct {
	mu     sync.Mutex
	tokens []string
}

func (*ended) Session(context.Context, string) (ginweb.User, error) {
	return ginweb.User{ID: "u1", Name: "อรทัย ใจดี"}, nil
}

func (e *ended) End(_ context.Context, token string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tokens = append(e.tokens, token)
	return nil
}

func (e *ended) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.tokens)
}

// open serves a storybook and starts a browser.
func open(t *testing.T, u web.UI) (ctx context.Context, base string, e *ended) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("SAPHAN_TEST_CHROMIUM_REQUIRED") != "" {
			t.Fatal(err)
		}
		t.Skip("chromium is not installed: go run ./deploy/check installs it")
	}
	gin.SetMode(gin.TestMode)
	u = u.With(staffui.UI()).With(storybook.UI())
	r, err := web.New(web.Options{UI: u, Label: vocabulary.Label, Codes: vocabulary.Codes})
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	srv := httptest.NewServer(engine)
	t.Cleanup(srv.Close)
	e = &ended{}
	app, err := ginweb.New(ginweb.Config{Renderer: r, Sessions: e, BaseURL: srv.URL, NeutralURL: srv.URL + "/assets/"})
	if err != nil {
		t.Fatal(err)
	}
	app.Install(engine)
	engine.GET("/come-in", func(c *gin.Context) { app.SignIn(c, "token"); c.String(http.StatusOK, "") })
	storybook.Mount(engine, app, u, []web.NavItem{
		{Key: "shell.nav.home", Href: "/", Icon: "home", Count: 3}, {Key: "shell.nav.people", Href: "/people", Icon: "people"},
		{Key: "shell.nav.ledger", Href: "/ledger", Icon: "ledger"}, {Key: "shell.account", Href: "/account", Icon: "user"},
		{Key: "shell.licences", Href: "/licences", Icon: "file"},
	})
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	ctx, timeout := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(timeout)
	return ctx, srv.URL, e
}

const smallTargets = `[...document.querySelectorAll("main button, main .btn, main select, main input:not([type=hidden]):not([type=checkbox]):not([type=radio]), .top button, .nav a")]
	.filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.height < 40 || r.width < 40); })
	.map(e => e.outerHTML.slice(0, 90))`

// listen collects what the browser complains about; each call empties the collection.
func listen(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	var mu sync.Mutex
	var said []string
	var heard atomic.Bool
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return // the browser is gone
			}
			if m.Text == "heard" {
				heard.Store(true)
				continue
			}
			if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleWarning || m.Type == chromedp.ConsoleException {
				mu.Lock()
				said = append(said, m.Text)
				mu.Unlock()
			}
		}
	}()
	take := func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := said
		said = nil
		return out
	}
	for range 100 { // prove that it listens
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`console.error("heard"), true`)); err != nil {
			t.Fatal(err)
		}
		if heard.Load() {
			return take
		}
	}
	t.Fatal("the browser's complaints are not heard")
	return nil
}

// TestEveryFixtureFitsAPhoneAndADesk opens every page in every state: nothing is
// wider than the screen, the policy blocks nothing of ours, no target is too small.
func TestEveryFixtureFitsAPhoneAndADesk(t *testing.T) {
	for name, u := range map[string]web.UI{"node": nodeui.UI(), "hub": hubui.UI()} {
		t.Run(name, func(t *testing.T) {
			ctx, base, _ := open(t, u)
			complaints := listen(t, ctx)
			all := u.With(staffui.UI()).With(storybook.UI())
			for _, width := range []int64{360, 1280} {
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
					t.Fatal(err)
				}
				for i, f := range all.Fixtures {
					lang := []string{"th", "en"}[(i+int(width))%2]
					if width < 600 {
						lang = "th"
					}
					if err := chromedp.Do(ctx, chromedp.Navigate(fmt.Sprintf("%s/storybook/show?n=%d&lang=%s", base, i, lang))); err != nil {
						t.Fatalf("%s: %v", f.Name, err)
					}
					wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
					if err != nil {
						t.Fatalf("%s: %v", f.Name, err)
					}
					small, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](smallTargets))
					if err != nil {
						t.Fatalf("%s: %v", f.Name, err)
					}
					if wide > width {
						t.Errorf("%s %s is %d px wide on a screen of %d", f.Name, lang, wide, width)
					}
					if len(small) > 0 {
						t.Errorf("%s on %d px has targets that are too small: %v", f.Name, width, small)
					}
					for _, c := range complaints() {
						t.Errorf("%s %s: the browser says %s", f.Name, lang, c)
					}
				}
			}
		})
	}
}

// TestQuickExitInABrowser presses Shift three times: the session ends, and the
// browser stands on the neutral page.
func TestQuickExitInABrowser(t *testing.T) {
	ctx, base, e := open(t, nodeui.UI())
	for _, step := range []chromedp.Action[chromedp.Void]{
		chromedp.Navigate(base + "/come-in"), chromedp.Navigate(base + "/storybook"), chromedp.WaitReady(".exit"),
		chromedp.KeyEvent(kb.Shift), chromedp.KeyEvent(kb.Shift), chromedp.KeyEvent(kb.Shift),
	} {
		if err := chromedp.Do(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	for try := 0; ; try++ { // a poll that stands on the page that goes away fails
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](`location.pathname === "/assets/"`))
		if err == nil {
			break
		}
		if try == 5 {
			t.Fatal(err)
		}
	}
	if e.count() != 1 {
		t.Errorf("%d sessions ended", e.count())
	}
}
