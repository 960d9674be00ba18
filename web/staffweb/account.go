package staffweb

import (
	"encoding/json"
	"io/fs"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

func (p *Pages) showLogin(c *gin.Context) error {
	to := ginweb.SafePath(c.Query("to"))
	if p.cfg.App.User(c).ID != "" {
		return p.cfg.App.Redirect(c, to, "", nil)
	}
	return p.cfg.App.Show(c, http.StatusOK, "account.login.title", staffui.LoginPage{To: to})
}

func (p *Pages) login(c *gin.Context) error {
	login, to := c.PostForm("login"), ginweb.SafePath(c.PostForm("to"))
	token, _, err := p.cfg.Door.SignIn(c.Request.Context(), login, c.PostForm("password"), c.ClientIP())
	if err != nil {
		if !shown(err) {
			return err
		}
		return p.cfg.App.Show(c, formStatus(err), "account.login.title", staffui.LoginPage{Login: login, To: to, Errors: ui.ErrorsOf(err)})
	}
	if err := p.leave(c); err != nil {
		return err
	}
	p.cfg.App.SignIn(c, token)
	return p.cfg.App.Redirect(c, to, "", nil)
}

// leave ends the session that the browser came with, before it gets another.
func (p *Pages) leave(c *gin.Context) error {
	if old := p.cfg.App.Token(c); old != "" {
		return p.cfg.Door.SignOut(c.Request.Context(), old)
	}
	return nil
}

func (p *Pages) logout(c *gin.Context) error {
	if err := p.leave(c); err != nil {
		return err
	}
	p.cfg.App.SignOut(c)
	c.Header("Clear-Site-Data", `"storage"`)
	return p.cfg.App.Redirect(c, "/login", "account.signed_out", nil)
}

func (p *Pages) showWelcome(c *gin.Context) error {
	u, err := p.cfg.Door.Link(c.Request.Context(), c.Param("token"))
	if fault.Is(err, fault.Invalid) {
		return p.cfg.App.Show(c, http.StatusUnprocessableEntity, "account.welcome.title", staffui.WelcomePage{Dead: true})
	}
	if err != nil {
		return err
	}
	return p.cfg.App.Show(c, http.StatusOK, "account.welcome.title", staffui.WelcomePage{Token: c.Param("token"), Name: u.Name, Login: u.Login})
}

func (p *Pages) welcome(c *gin.Context) error {
	ctx, token := c.Request.Context(), c.Param("token")
	u, err := p.cfg.Door.Link(ctx, token)
	if err == nil {
		if err = differ(c); err == nil {
			u, err = p.cfg.Door.Redeem(ctx, token, c.PostForm("password"))
		}
	}
	if fault.Is(err, fault.Invalid) {
		page := staffui.WelcomePage{Token: token, Name: u.Name, Login: u.Login, Errors: ui.ErrorsOf(err)}
		page.Dead = len(fault.As(err).Fields) == 0
		if page.Name == "" && !page.Dead { // Redeem answers without the user
			if again, lerr := p.cfg.Door.Link(ctx, token); lerr == nil {
				page.Name, page.Login = again.Name, again.Login
			}
		}
		return p.cfg.App.Show(c, http.StatusUnprocessableEntity, "account.welcome.title", page)
	}
	if err != nil {
		return err
	}
	session, err := p.cfg.Door.Begin(ctx, u.ID)
	if err != nil {
		return err
	}
	if err := p.leave(c); err != nil {
		return err
	}
	p.cfg.App.SignIn(c, session)
	return p.cfg.App.Redirect(c, "/", "account.welcome.done", nil)
}

// differ is the fault of a new password that was not typed the same twice.
func differ(c *gin.Context) error {
	if c.PostForm("password") == c.PostForm("again") {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Key: "account.password.differ", Fields: []fault.Field{{Name: "again", Key: "account.password.differ"}}}
}

func (p *Pages) showAccount(c *gin.Context) error { return p.accountPage(c, http.StatusOK, nil) }

func (p *Pages) accountPage(c *gin.Context, status int, errs ui.Errors) error {
	u, err := p.cfg.Self.User(c.Request.Context(), p.cfg.App.User(c).ID)
	if err != nil {
		return err
	}
	return p.cfg.App.Show(c, status, "account.title", staffui.AccountPage{Name: u.Name, Login: u.Login, Roles: u.Roles, Lang: u.Lang, Programs: p.cfg.API.Tokens != nil, Errors: errs})
}

func (p *Pages) language(c *gin.Context) error {
	if err := p.cfg.Self.SetLanguage(c.Request.Context(), p.cfg.App.User(c).ID, c.PostForm("lang")); err != nil {
		if shown(err) {
			return p.accountPage(c, formStatus(err), ui.ErrorsOf(err))
		}
		return err
	}
	return p.cfg.App.Redirect(c, "/account", "account.lang.done", nil)
}

// password ends all sessions of the person with the change; this browser gets a new one.
func (p *Pages) password(c *gin.Context) error {
	ctx, id := c.Request.Context(), p.cfg.App.User(c).ID
	err := differ(c)
	if err == nil {
		err = p.cfg.Self.ChangePassword(ctx, id, c.PostForm("old"), c.PostForm("password"))
	}
	if err != nil {
		if shown(err) {
			return p.accountPage(c, formStatus(err), ui.ErrorsOf(err))
		}
		return err
	}
	token, err := p.cfg.Door.Begin(ctx, id)
	if err != nil {
		return err
	}
	p.cfg.App.SignIn(c, token)
	return p.cfg.App.Redirect(c, "/account", "account.password.done", nil)
}

func (p *Pages) end(c *gin.Context) error {
	if err := p.cfg.Self.EndSessions(c.Request.Context(), p.cfg.App.User(c).ID); err != nil {
		return err
	}
	p.cfg.App.SignOut(c)
	return p.cfg.App.Redirect(c, "/login", "account.signed_out", nil)
}

// licences reads what is vendored from the list that stands beside the files.
func (p *Pages) licences(c *gin.Context) error {
	raw, err := fs.ReadFile(ui.Static(), "vendor/vendor.json")
	if err != nil {
		return err
	}
	var files []struct{ File, Name, Version, Licence, Source string }
	if err := json.Unmarshal(raw, &files); err != nil {
		return err
	}
	dirs := map[string]string{"htmx.org": "vendor/htmx", "@fontsource/sarabun": "vendor/sarabun", "lucide-static": "vendor/lucide"}
	seen := map[string]bool{}
	var page staffui.LicencesPage
	for _, f := range files {
		if seen[f.Name] {
			continue
		}
		seen[f.Name] = true
		page.Parts = append(page.Parts, staffui.Part{
			Name: f.Name, Version: f.Version, Licence: f.Licence, Source: f.Source,
			TextURL: p.cfg.App.Asset(dirs[f.Name] + "/LICENSE"),
		})
	}
	return p.cfg.App.Show(c, http.StatusOK, "account.licences.title", page)
}
