{{- define "turnpike.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "turnpike.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "turnpike.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "turnpike.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* Values that would start nothing, said before anything is installed. */}}
{{- define "turnpike.check" -}}
{{- if not .Values.kafkaBrokers }}
{{- fail "kafkaBrokers must be set: the embedded broker is not for a cluster" }}
{{- end }}
{{- $token := hasKey .Values.secretKeys "codex.access-token" }}
{{- if and (not $token) (not .Values.signIn.existingClaim) }}
{{- fail "a sign-in must be given: secretKeys with codex.access-token, or signIn.existingClaim" }}
{{- end }}
{{- if and $token .Values.signIn.existingClaim }}
{{- fail "secretKeys with codex.access-token and signIn.existingClaim exclude each other" }}
{{- end }}
{{- if and .Values.secretKeys (not .Values.existingSecret) }}
{{- fail "secretKeys needs existingSecret" }}
{{- end }}
{{- if and .Values.board.enabled (not (hasKey .Values.secretKeys "board.token")) }}
{{- fail "board.enabled needs board.token in secretKeys" }}
{{- end }}
{{- if and .Values.extraRoutes .Values.extraRoutesConfigMap }}
{{- fail "extraRoutes and extraRoutesConfigMap exclude each other" }}
{{- end }}
{{- range $name := list "management.port" "http.port" "bind" "kafka.brokers" "codex.auth-files" "data.dir" "routes" "routes.extra" "board.enabled" }}
{{- if hasKey $.Values.settings $name }}
{{- fail (printf "settings must not have %s: the chart sets it" $name) }}
{{- end }}
{{- end }}
{{- end }}
