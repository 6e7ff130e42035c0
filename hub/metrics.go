package hub

import (
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the figures of contract.md.
type metrics struct {
	registry  *prometheus.Registry
	webhooks  *prometheus.CounterVec
	calls     *prometheus.CounterVec
	messages  *prometheus.CounterVec
	connected *prometheus.GaugeVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "comptoir_webhooks_total", Help: "Webhooks received, by what they came to.",
		}, []string{"partner", "result"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "comptoir_partner_calls_total", Help: "Calls made to platforms, by what they came to.",
		}, []string{"partner", "call", "result"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "comptoir_messages_total", Help: "Attempts to send a message to people outside, by what they came to.",
		}, []string{"via", "result"}),
		connected: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "comptoir_terminals_connected", Help: "Terminals connected now.",
		}, []string{"location"}),
	}
	m.registry.MustRegister(m.webhooks, m.calls, m.messages, m.connected)
	return m
}

func (m *metrics) webhook(partner, result string) { m.webhooks.WithLabelValues(partner, result).Inc() }

func (m *metrics) call(partner, call, result string) {
	m.calls.WithLabelValues(partner, call, result).Inc()
}

func (h *Hub) routeHealth(handle handle) {
	handle("GET /metrics", promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP)
	handle("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		health := health{Status: "ok", Problems: h.problems()}
		if len(health.Problems) > 0 {
			health.Status = "degraded"
		}
		writeJSON(w, http.StatusOK, health)
	})
}

type health struct {
	Status   string   `json:"status"`
	Problems []string `json:"problems"`
}

// problems lists what somebody should look at, in words.
func (h *Hub) problems() []string {
	problems := []string{}
	problems = append(problems, h.calls.problems()...)
	problems = append(problems, h.escalations.problems()...)
	problems = append(problems, h.outbox.problems()...)
	if n := h.log.Damaged(); n > 0 {
		problems = append(problems, fmt.Sprintf("%d records of the order log are damaged: the hub's log names them; restore a backup", n))
	}
	return problems
}
