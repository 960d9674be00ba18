package staffweb

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/account"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

func (p *Pages) people(c *gin.Context) error {
	users, err := p.cfg.People.List(c.Request.Context())
	if err != nil {
		return err
	}
	var page staffui.PeoplePage
	for _, u := range users {
		page.People = append(page.People, p.shownPerson(c, u))
	}
	return p.cfg.App.Show(c, http.StatusOK, "people.title", page)
}

func (p *Pages) shownPerson(c *gin.Context, u account.User) staffui.Person {
	return staffui.Person{ID: u.ID, Name: u.Name, Login: u.Login, Roles: u.Roles, Active: u.Active, Self: u.ID == p.cfg.App.User(c).ID}
}

func (p *Pages) newPerson(c *gin.Context) error {
	return p.cfg.App.Show(c, http.StatusOK, "people.new.title", staffui.NewPersonPage{Choices: staffui.Roles(p.cfg.Roles...)})
}

// roles are the roles of a form that this server knows; an unknown one is a fault.
func (p *Pages) roles(c *gin.Context) ([]string, error) {
	known := map[string]bool{}
	for _, r := range p.cfg.Roles {
		known[r] = true
	}
	chosen := c.PostFormArray("roles")
	for _, r := range chosen {
		if !known[r] {
			return nil, &fault.Error{Kind: fault.Invalid, Key: "account.roles.invalid", Fields: []fault.Field{{Name: "roles", Key: "account.roles.invalid"}}}
		}
	}
	return chosen, nil
}

func (p *Pages) addPerson(c *gin.Context) error {
	login, name := c.PostForm("login"), c.PostForm("name")
	roles, err := p.roles(c)
	token := ""
	if err == nil {
		token, err = p.cfg.People.Add(c.Request.Context(), p.cfg.App.User(c).ID, login, name, roles)
	}
	if err != nil {
		if !shown(err) {
			return err
		}
		page := staffui.NewPersonPage{Login: login, Name: name, Roles: roles, Choices: staffui.Roles(p.cfg.Roles...), Errors: ui.ErrorsOf(err)}
		return p.cfg.App.Show(c, formStatus(err), "people.new.title", page)
	}
	return p.showLink(c, name, token, false)
}

// showLink answers a POST with a page, not with a redirect: the link must stand
// neither in a cookie nor in an address.
func (p *Pages) showLink(c *gin.Context, name, token string, reset bool) error {
	return p.cfg.App.Show(c, http.StatusOK, "people.link.title", staffui.LinkPage{
		Name: name, Reset: reset,
		Secret: ui.Secret{Label: ui.T("people.link.label"), Value: p.cfg.BaseURL + "/welcome/" + token, Hint: ui.T("people.link.hint")},
	})
}

func (p *Pages) person(c *gin.Context) error { return p.personPage(c, http.StatusOK, nil) }

func (p *Pages) personPage(c *gin.Context, status int, errs ui.Errors) error {
	u, err := p.cfg.People.User(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return p.cfg.App.Show(c, status, "people.person.title", staffui.PersonPage{Person: p.shownPerson(c, u), Choices: staffui.Roles(p.cfg.Roles...), Errors: errs})
}

func (p *Pages) setRoles(c *gin.Context) error {
	roles, err := p.roles(c)
	if err == nil {
		err = p.cfg.People.SetRoles(c.Request.Context(), p.cfg.App.User(c).ID, c.Param("id"), roles)
	}
	return p.personDone(c, err, "people.roles.done")
}

func (p *Pages) disable(c *gin.Context) error {
	return p.personDone(c, p.cfg.People.Disable(c.Request.Context(), p.cfg.App.User(c).ID, c.Param("id")), "people.close.done")
}

func (p *Pages) personDone(c *gin.Context, err error, flash string) error {
	if err != nil {
		if shown(err) {
			return p.personPage(c, formStatus(err), ui.ErrorsOf(err))
		}
		return err
	}
	return p.cfg.App.Redirect(c, "/people/"+c.Param("id"), flash, nil)
}

func (p *Pages) enable(c *gin.Context) error {
	token, err := p.cfg.People.Enable(c.Request.Context(), p.cfg.App.User(c).ID, c.Param("id"))
	return p.linkDone(c, token, err)
}

func (p *Pages) resetLink(c *gin.Context) error {
	token, err := p.cfg.People.ResetLink(c.Request.Context(), p.cfg.App.User(c).ID, c.Param("id"))
	return p.linkDone(c, token, err)
}

func (p *Pages) linkDone(c *gin.Context, token string, err error) error {
	if err != nil {
		if shown(err) {
			return p.personPage(c, formStatus(err), ui.ErrorsOf(err))
		}
		return err
	}
	u, err := p.cfg.People.User(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return p.showLink(c, u.Name, token, true)
}
