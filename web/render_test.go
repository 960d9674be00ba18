package web_test

import (
	"bytes"
	"testing"

	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
)

func TestFixturesRender(t *testing.T) {
	for _, u := range []web.UI{nodeui.UI().With(staffui.UI()), hubui.UI().With(staffui.UI())} {
		r, err := web.New(web.Options{UI: u})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range u.Fixtures {
			for _, lang := range []string{"th", "en"} {
				var out bytes.Buffer
				if err := r.Render(&out, web.Shell{Lang: lang, Server: u.Server, TitleKey: f.TitleKey, Nonce: "n0nce"}, f.Page); err != nil {
					t.Errorf("%s %s: %v", f.Name, lang, err)
				}
			}
		}
	}
}
