// Command serve shows the storybook alone, on a port of the loopback address.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/hubui"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/storybook"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8099", "address to listen on")
	hub := flag.Bool("hub", false, "the hub's pages instead of a member's")
	flag.Parse()
	if err := run(*addr, *hub); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// nobody is signed in.
type nobody struct{}

// Session implements ginweb.Sessions.
func (nobody) Session(context.Context, string) (ginweb.User, error) {
	return ginweb.User{}, fault.Missing()
}

func run(addr string, hub bool) error {
	gin.SetMode(gin.ReleaseMode)
	u := nodeui.UI()
	if hub {
		u = hubui.UI()
	}
	u = u.With(staffui.UI()).With(storybook.UI())
	r, err := web.New(web.Options{UI: u, Label: vocabulary.Label, Codes: vocabulary.Codes})
	if err != nil {
		return err
	}
	app, err := ginweb.New(ginweb.Config{Renderer: r, Sessions: nobody{}, BaseURL: "http://" + addr, Demo: true})
	if err != nil {
		return err
	}
	e := gin.New()
	app.Install(e)
	nav := []web.NavItem{
		{Key: "shell.nav.home", Href: "/storybook", Icon: "home", Count: 3, Current: true},
		{Key: "shell.nav.people", Href: "/people", Icon: "people"},
		{Key: "shell.nav.ledger", Href: "/ledger", Icon: "ledger"},
	}
	storybook.Mount(e, app, u, nav)
	fmt.Printf("http://%s/storybook\n", addr)
	s := &http.Server{Addr: addr, Handler: e, ReadHeaderTimeout: 5 * time.Second}
	return s.ListenAndServe()
}
