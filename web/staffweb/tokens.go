package staffweb

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// Tokens is what a person does with the tokens of their programs.
type Tokens interface {
	MakeToken(ctx context.Context, userID, password string, n account.NewToken) (secret string, err error)
	Tokens(ctx context.Context, userID string) ([]account.Token, error)
	EndToken(ctx context.Context, userID, id string) error
}

// API is the programs' side of a server: where its description is and which scopes a
// token may have. A server without one has no page of tokens.
type API struct {
	Tokens Tokens
	Scopes []string
	About  string
}

func (p *Pages) mountTokens(in gin.IRouter) {
	if p.cfg.API.Tokens == nil {
		return
	}
	h := p.cfg.App.H
	in.GET("/account/tokens", h(func(c *gin.Context) error { return p.tokens(c, http.StatusOK, staffui.TokensPage{Days: "30"}) }))
	in.POST("/account/tokens", h(p.makeToken))
	in.POST("/account/tokens/:id/end", h(p.endToken))
}

func (p *Pages) tokens(c *gin.Context, status int, page staffui.TokensPage) error {
	all, err := p.cfg.API.Tokens.Tokens(c.Request.Context(), p.cfg.App.User(c).ID)
	if err != nil {
		return err
	}
	for _, t := range all {
		l := staffui.TokenLine{ID: t.ID, Label: t.Label, Created: t.Created, Expires: t.Expires, Seen: t.Seen}
		for _, s := range t.Scopes {
			l.Scopes = append(l.Scopes, staffui.ScopeText(s))
		}
		page.Tokens = append(page.Tokens, l)
	}
	page.Full, page.API = len(all) >= account.MaxTokens, p.cfg.API.About
	page.Choices, page.Lengths = staffui.ScopeChoices(p.cfg.API.Scopes), staffui.TokenLengths()
	return p.cfg.App.Show(c, status, "tokens.title", page)
}

func (p *Pages) makeToken(c *gin.Context) error {
	days, _ := strconv.Atoi(c.PostForm("days")) // 0 is refused as every other number that may not be
	page := staffui.TokensPage{Label: c.PostForm("label"), Days: c.PostForm("days")}
	for _, s := range p.cfg.API.Scopes {
		for _, asked := range c.PostFormArray("scopes") {
			if s == asked {
				page.Scopes = append(page.Scopes, s)
			}
		}
	}
	secret, err := p.cfg.API.Tokens.MakeToken(c.Request.Context(), p.cfg.App.User(c).ID, c.PostForm("password"),
		account.NewToken{Label: page.Label, Scopes: page.Scopes, Days: days})
	if err != nil {
		if !shown(err) {
			return err
		}
		page.Errors = ui.ErrorsOf(err)
		return p.tokens(c, formStatus(err), page)
	}
	return p.tokens(c, http.StatusOK, staffui.TokensPage{Days: "30", Made: ui.Secret{Label: ui.T("tokens.secret"), Value: secret, Hint: ui.T("tokens.secret.hint")}})
}

func (p *Pages) endToken(c *gin.Context) error {
	if err := p.cfg.API.Tokens.EndToken(c.Request.Context(), p.cfg.App.User(c).ID, c.Param("id")); err != nil {
		return err
	}
	return p.cfg.App.Redirect(c, "/account/tokens", "tokens.ended", nil)
}
