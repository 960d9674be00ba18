// Package network runs a hub and several members' nodes in one process, each with
// its own database and its own port. The demo shows them to people; tests play
// their stories on it.
package network

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	hubapp "github.com/saphan-network/saphan/hub/app"
	nodeapp "github.com/saphan-network/saphan/node/app"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// Options say what network to run. The zero value is a hub and three members on
// free ports with SQLite files in Dir.
type Options struct {
	Dir       string       // folder for databases and keys; needed
	Port      int          // of the hub, the members follow; 0 takes free ports
	Members   int          // number of members; 0 means 3
	Database  string       // "sqlite", "", or a postgres:// URL in which each server gets a schema
	Reset     bool         // delete what is there first
	Bare      bool         // no cases: staff only
	Applicant bool         // one more node, the last, whose organisation is no member: unless the network is bare, it has applied
	Ruled     bool         // every node has rules of its own: one version over, one in force, one that waits
	Log       *slog.Logger // nil logs nothing

	// Now, if not nil, is the clock of all servers, for tests that cannot wait for weeks.
	Now func() time.Time

	// Wrap, if not nil, is put around the handler of the server of that key, so
	// that a test can read all that comes in.
	Wrap func(key string, h http.Handler) http.Handler
}

// User is a login of one server.
type User struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Role     string `json:"role"`
}

// Server is one running server of the network.
type Server struct {
	Key   string `json:"-"`
	Role  string `json:"role"` // hub, node, applicant
	Name  string `json:"name"`
	URL   string `json:"url"`
	Actor string `json:"actor"`
	Users []User `json:"users"`
	Token string `json:"token,omitempty"` // for programs; acts for the supervisor

	org  organisation
	Node *nodeapp.App `json:"-"` // nil for the hub
	Hub  *hubapp.App  `json:"-"` // nil for a node

	app      app
	listener net.Listener
	http     *http.Server
}

// app is what both kinds of servers have.
type app interface {
	Handler() http.Handler
	Run(ctx context.Context) error
	Close() error
}

// Summary is what the demo prints with -json.
type Summary struct {
	Servers []*Server `json:"servers"`
}

// Network is the running servers, the hub first.
type Network struct {
	Servers []*Server
	opt     Options
	stop    context.CancelFunc
	done    sync.WaitGroup
	mu      sync.Mutex
	errs    []error
}

// Start brings the network up and, the first time, fills it. It returns when
// all servers answer. Close ends it.
func Start(ctx context.Context, o Options) (*Network, error) {
	if o.Members == 0 {
		o.Members = 3
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	n := &Network{opt: o, stop: stop}
	if err := n.start(ctx, run); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *Network) start(ctx, run context.Context) error {
	orgs := append([]organisation{secretariat()}, members(n.opt.Members)...)
	if n.opt.Applicant {
		orgs = append(orgs, applicant())
	}
	for i, org := range orgs {
		s, err := n.listen(i, org)
		if err != nil {
			return err
		}
		n.Servers = append(n.Servers, s)
	}
	if n.opt.Reset {
		if err := n.reset(ctx); err != nil {
			return err
		}
	}
	if err := n.each(func(s *Server) error { return n.open(ctx, s) }); err != nil {
		return err
	}
	for _, s := range n.Servers {
		n.serve(s)
	}
	if err := n.fill(ctx); err != nil {
		return fmt.Errorf("filling the network: %w", err)
	}
	if err := n.tokens(ctx); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	for _, s := range n.Servers {
		n.work(run, s)
	}
	return nil
}

// each runs f for all servers side by side.
func (n *Network) each(f func(s *Server) error) error {
	errs := make([]error, len(n.Servers))
	var wg sync.WaitGroup
	for i, s := range n.Servers {
		wg.Go(func() {
			if err := f(s); err != nil {
				errs[i] = fmt.Errorf("%s: %w", s.Key, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (n *Network) listen(i int, org organisation) (*Server, error) {
	port := 0
	if n.opt.Port != 0 {
		port = n.opt.Port + i
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	s := &Server{Key: org.key, Role: "node", Name: org.th, URL: "http://" + l.Addr().String(), org: org, listener: l}
	s.Actor = s.URL + "/ap/org"
	if org.key == hubKey {
		s.Role, s.Actor = "hub", s.URL+"/ap/network"
	}
	if org.key == applicantKey {
		s.Role = "applicant"
	}
	for _, p := range org.staff {
		s.Users = append(s.Users, User{Login: p.login, Password: Password, Role: strings.Join(p.roles, ",")})
	}
	return s, nil
}

// database is the database URL of one server.
func (n *Network) database(s *Server) (string, error) {
	if n.opt.Database == "" || n.opt.Database == "sqlite" {
		return "sqlite:" + filepath.Join(n.opt.Dir, s.Key, "saphan.db"), nil
	}
	u, err := url.Parse(n.opt.Database)
	if err != nil {
		return "", errors.New("the database URL cannot be read")
	}
	q := u.Query()
	q.Set("search_path", "demo_"+s.Key)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// reset deletes what an earlier run left: the servers' folders and schemas, nothing else.
func (n *Network) reset(ctx context.Context) error {
	return n.each(func(s *Server) error {
		u, err := n.database(s)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(u, "sqlite:") {
			db, err := database.Open(ctx, database.Config{URL: u})
			if err != nil {
				return err
			}
			err = db.Conn(ctx).Exec(`DROP SCHEMA "demo_` + s.Key + `" CASCADE`).Error
			if err := errors.Join(err, db.Close()); err != nil {
				return err
			}
		}
		return os.RemoveAll(filepath.Join(n.opt.Dir, s.Key))
	})
}

func (n *Network) serve(s *Server) {
	h := s.app.Handler()
	if n.opt.Wrap != nil {
		h = n.opt.Wrap(s.Key, h)
	}
	s.http = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(n.opt.Log.Handler(), slog.LevelWarn)}
	n.done.Go(func() {
		if err := s.http.Serve(s.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			n.failed(err)
		}
	})
}

// work starts a server's background work.
func (n *Network) work(ctx context.Context, s *Server) {
	n.done.Go(func() {
		if err := s.app.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			n.failed(fmt.Errorf("%s: %w", s.Key, err))
		}
	})
}

// open makes one server's hub or node.
func (n *Network) open(ctx context.Context, s *Server) error {
	db, err := n.database(s)
	if err != nil {
		return err
	}
	dir := filepath.Join(n.opt.Dir, s.Key)
	if s.Role == "hub" {
		s.Hub, err = hubapp.New(ctx, hubapp.Config{BaseURL: s.URL, DataDir: dir, Database: db, NameTH: s.org.th, NameEN: s.org.en,
			Demo: true, Private: true, Log: n.opt.Log, Now: n.opt.Now})
		if err == nil {
			s.app = s.Hub
		}
		return err
	}
	s.Node, err = nodeapp.New(ctx, nodeapp.Config{BaseURL: s.URL, DataDir: dir, Database: db, NameTH: s.org.th, NameEN: s.org.en,
		Demo: true, Private: true, Log: n.opt.Log, Now: n.opt.Now})
	if err == nil {
		s.app = s.Node
	}
	return err
}

func (n *Network) failed(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.errs = append(n.errs, err)
}

// Summary lists the servers with their addresses and logins.
func (n *Network) Summary() Summary { return Summary{Servers: n.Servers} }

// Members are the servers of the members.
func (n *Network) Members() []*Server {
	return slices.DeleteFunc(slices.Clone(n.Servers), func(s *Server) bool { return s.Role != "node" })
}

// Server returns the server of that key, nil if there is none.
func (n *Network) Server(key string) *Server {
	for _, s := range n.Servers {
		if s.Key == key {
			return s
		}
	}
	return nil
}

// Close ends all servers and waits for them.
func (n *Network) Close() error {
	n.stop()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var errs []error
	for _, s := range n.Servers {
		if s.http != nil {
			errs = append(errs, s.http.Shutdown(ctx))
		} else if s.listener != nil {
			errs = append(errs, s.listener.Close())
		}
	}
	n.done.Wait()
	for _, s := range n.Servers {
		if s.app != nil {
			errs = append(errs, s.app.Close())
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return errors.Join(append(errs, n.errs...)...)
}
