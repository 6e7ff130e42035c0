package hub

import (
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
	refused   *prometheus.CounterVec
	closed    *prometheus.CounterVec
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
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "comptoir_gateway_refused_total", Help: "What the gateway would not take, or pass on, by why.",
		}, []string{"reason"}),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "comptoir_gateway_shed_total", Help: "Connections that the gateway has cut off or turned away to serve the others, by why.",
		}, []string{"reason"}),
	}
	m.registry.MustRegister(m.webhooks, m.calls, m.messages, m.connected, m.refused, m.closed)
	return m
}

func (m *metrics) webhook(partner, result string) { m.webhooks.WithLabelValues(partner, result).Inc() }

func (m *metrics) call(partner, call, result string) {
	m.calls.WithLabelValues(partner, call, result).Inc()
}

func (m *metrics) refuse(reason string) { m.refused.WithLabelValues(reason).Inc() }

func (m *metrics) shed(reason string) { m.closed.WithLabelValues(reason).Inc() }

func (h *Hub) routeMetrics(handle handle) {
	handle("GET /metrics", promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP)
}
