// Package tlstest serves HTTPS, for tests, with a certificate that no authority vouches for.
package tlstest

import (
	"crypto/x509"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Server is closed with its test.
type Server struct {
	*httptest.Server
	// Known holds the server's certificate: clients with it believe the server.
	Known *x509.CertPool
}

// New begins to serve.
func New(t testing.TB, handler http.Handler) *Server {
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(t.Output(), "", 0) // of clients that refuse the certificate
	server.StartTLS()
	t.Cleanup(server.Close)
	known := x509.NewCertPool()
	known.AddCert(server.Certificate())
	return &Server{server, known}
}

// Later is a time at which the certificate is not valid any more.
func (s *Server) Later() time.Time { return s.Certificate().NotAfter.Add(time.Hour) }
