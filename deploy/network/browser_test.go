package network_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/saphan-network/saphan/deploy/network"
)

// browser starts Chromium with an empty profile. Without one it skips, unless
// SAPHAN_TEST_CHROMIUM_REQUIRED is set.
func browser(t *testing.T, width, height int) context.Context {
	t.Helper()
	path := os.Getenv("SAPHAN_TEST_CHROMIUM")
	if path == "" {
		path, _ = exec.LookPath("chromium") // none found is told below
	}
	if path == "" {
		if os.Getenv("SAPHAN_TEST_CHROMIUM_REQUIRED") != "" {
			t.Fatal("Chromium is needed and not here")
		}
		t.Skip("no Chromium: go run ./deploy/check installs it")
	}
	opts := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	opts = append(opts, chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// shoot keeps a picture of the page for people, where SAPHAN_SCREENSHOTS names a folder.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("SAPHAN_SCREENSHOTS")
	if dir == "" {
		return
	}
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, ctx context.Context, what string, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, js string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return v
}

// send submits the form of a control and waits for the page that answers.
func send(t *testing.T, ctx context.Context, control string) {
	t.Helper()
	eval[bool](t, ctx, `document.documentElement.dataset.old = "1", true`)
	eval[bool](t, ctx, `(e => (e.form.requestSubmit(e.type === "submit" ? e : null), true))(document.querySelector(`+strconv.Quote(control)+`))`)
	run(t, ctx, "send "+control, chromedp.WaitReady(`html:not([data-old]) h1`))
}

func text(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `document.body.innerText`)
}

func signIn(t *testing.T, ctx context.Context, base, login, password string) {
	t.Helper()
	run(t, ctx, "sign in as "+login, chromedp.Navigate(base+"/login"), chromedp.WaitVisible(`input[name=password]`),
		chromedp.SetValue(`input[name=login]`, login), chromedp.SendKeys(`input[name=password]`, password))
	send(t, ctx, `input[name=password]`)
}

// TestCaseStory plays a day at a clinic whose register has just been taken in,
// in Thai on a phone and in English on a desk.
func TestCaseStory(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser story")
	}
	n, err := network.Start(t.Context(), network.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	clinic := n.Server("chiangrai")
	for _, c := range []struct {
		lang, wrong, work, cases, saved string
		width, height                   int
	}{
		{"th", "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "งานของฉัน", "เคส", "บันทึกข้อมูลบุคคลแล้ว", 360, 780},
		{"en", "", "My work", "Cases", "Person saved", 1280, 900},
	} {
		t.Run(c.lang, func(t *testing.T) {
			ctx := browser(t, c.width, c.height)
			run(t, ctx, "language", chromedp.Navigate(clinic.URL+"/login"))
			send(t, ctx, `button[value=`+c.lang+`]`)
			if c.wrong != "" {
				signIn(t, ctx, clinic.URL, "caseworker", "not the password")
				if got := text(t, ctx); !strings.Contains(got, c.wrong) {
					t.Errorf("a wrong password is answered with %q", got)
				}
				shoot(t, ctx, c.lang+"-login-wrong")
			}
			signIn(t, ctx, clinic.URL, "caseworker", network.Password)
			send(t, ctx, `button[value=`+c.lang+`]`)
			if got := text(t, ctx); !strings.Contains(got, c.work) {
				t.Fatalf("the first page says %q", got)
			}
			shoot(t, ctx, c.lang+"-home")
			run(t, ctx, "cases", chromedp.Navigate(clinic.URL+"/cases"), chromedp.WaitReady(`h1`))
			if got := text(t, ctx); !strings.Contains(got, c.cases) {
				t.Errorf("the list says %q", got)
			}
			shoot(t, ctx, c.lang+"-cases")
			href := eval[string](t, ctx, `[...document.querySelectorAll('main a')].map(a => a.getAttribute('href')).find(h => /^\/cases\/[0-9a-f]{32}$/.test(h)) || ""`)
			if href == "" {
				t.Fatal("the list links to no case")
			}
			run(t, ctx, "open the case", chromedp.Navigate(clinic.URL+href), chromedp.WaitReady(`h1`))
			shoot(t, ctx, c.lang+"-case")
			note := "ทดลองบันทึก " + c.lang
			run(t, ctx, "write a note", chromedp.SetValue(`textarea[name=note]`, note))
			send(t, ctx, `textarea[name=note]`)
			if got := text(t, ctx); !strings.Contains(got, note) {
				t.Errorf("the note is not in the timeline")
			}
			shoot(t, ctx, c.lang+"-case-noted")
			send(t, ctx, `form[action$="/open"] button`)
			shoot(t, ctx, c.lang+"-person")
			phone := "080-000-5566"
			run(t, ctx, "correct a person", chromedp.SetValue(`input[name="person.0.phone"]`, phone))
			send(t, ctx, `input[name="person.0.phone"]`)
			if got := text(t, ctx); !strings.Contains(got, c.saved) || strings.Contains(got, phone) {
				t.Error("the person was not saved, or their number is shown unasked")
			}
			send(t, ctx, `form[action$="/identity"] button`)
			if got := text(t, ctx); !strings.Contains(got, phone) {
				t.Error("the corrected number is not in the case")
			}
			scroll, inner := eval[int](t, ctx, `document.documentElement.scrollWidth`), eval[int](t, ctx, `window.innerWidth`)
			if scroll > inner {
				t.Errorf("the page is %d px wide in a window of %d", scroll, inner)
			}
			run(t, ctx, "a page for others", chromedp.Navigate(clinic.URL+"/people"), chromedp.WaitReady(`h1`))
			if got := text(t, ctx); strings.Contains(got, "supervisor") {
				t.Errorf("a caseworker sees the logins of others: %q", got)
			}
			shoot(t, ctx, c.lang+"-forbidden")
		})
	}
}
