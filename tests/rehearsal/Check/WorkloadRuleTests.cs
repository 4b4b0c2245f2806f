using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Check;

public sealed class WorkloadRuleTests
{
    private const string Deployment = "kubernetes:apps/v1:Deployment gopher-requester";
    private const string Requester = "Deployment gophers/gopher-requester";
    private const string Pod = "spec/template/spec";
    private const string Container = $"{Pod}/containers/0";
    private const string Repository = "aws:ecr/repository:Repository gopher-requester";
    private const string Prometheus = "kubernetes:helm.sh/v3:Release prometheus";

    [Theory]
    [InlineData($"{Pod}/securityContext/runAsNonRoot", null, "runAsNonRoot is not set")]
    [InlineData($"{Pod}/securityContext/runAsUser", "0", "runAsUser is 0")]
    [InlineData($"{Container}/securityContext/runAsNonRoot", "false", "runAsNonRoot is not set")]
    [InlineData($"{Container}/securityContext/runAsUser", "0", "runAsUser is 0")]
    public Task A_container_that_runs_as_root(string path, string? json, string what) =>
        Breakage.FindsAsync("root-container", Requester, what, stack => stack.Set(Deployment, path, json));

    [Fact]
    public Task A_container_that_runs_as_root_before_the_others() => Breakage.FindsAsync(
        "root-container", Requester, "container setup: runAsUser is 0", stack => stack.Set(Deployment, $"{Pod}/initContainers", """
            [{
              "name": "setup",
              "image": "setup:1.0",
              "resources": {"requests": {"cpu": "1m", "memory": "16Mi"}, "limits": {"memory": "16Mi"}},
              "securityContext": {
                "runAsUser": 0, "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}
              }
            }]
            """));

    [Theory]
    [InlineData("values/server/securityContext/runAsUser", "0", "values.server.securityContext.runAsUser")]
    [InlineData("values/server/securityContext/runAsNonRoot", "false", "values.server.securityContext.runAsNonRoot")]
    public Task A_chart_that_is_told_to_run_as_root(string path, string json, string what) =>
        Breakage.FindsAsync("root-container", "Helm release prometheus", what[7..], stack => stack.Set(Prometheus, path, json));

    [Theory]
    [InlineData($"{Container}/securityContext/privileged", "true", "it is privileged")]
    [InlineData($"{Container}/securityContext/allowPrivilegeEscalation", null, "allowPrivilegeEscalation")]
    [InlineData($"{Container}/securityContext/readOnlyRootFilesystem", "false", "readOnlyRootFilesystem")]
    [InlineData($"{Container}/securityContext/capabilities", null, "capabilities.drop")]
    [InlineData($"{Container}/securityContext/capabilities/add", """["NET_BIND_SERVICE","NET_ADMIN"]""", "capabilities.add has NET_ADMIN")]
    [InlineData($"{Pod}/securityContext/seccompProfile", null, "seccompProfile")]
    [InlineData($"{Container}/securityContext/seccompProfile", """{"type":"Unconfined"}""", "seccompProfile")]
    [InlineData($"{Pod}/hostNetwork", "true", "hostNetwork")]
    [InlineData($"{Pod}/hostPID", "true", "hostPID")]
    [InlineData($"{Pod}/hostIPC", "true", "hostIPC")]
    [InlineData($"{Pod}/volumes", """[{"name":"docker","hostPath":{"path":"/var/run"}}]""", "the volume docker is a hostPath")]
    public Task A_container_with_power_over_its_node(string path, string? json, string what) =>
        Breakage.FindsAsync("privileged-container", Requester, what, stack => stack.Set(Deployment, path, json));

    [Fact]
    public Task A_chart_that_is_told_to_have_power() => Breakage.FindsAsync(
        "privileged-container", "Helm release prometheus", "server.containerSecurityContext.privileged",
        stack => stack.Set(Prometheus, "values/server/containerSecurityContext/privileged", "true"));

    [Theory]
    [InlineData($"{Container}/resources", "resources is without requests.cpu and requests.memory and limits.memory")]
    [InlineData($"{Container}/resources/limits/memory", "resources is without limits.memory")]
    [InlineData($"{Container}/resources/requests/cpu", "resources is without requests.cpu")]
    public Task A_container_without_limits(string path, string what) =>
        Breakage.FindsAsync("resource-limits", Requester, what, stack => stack.Set(Deployment, path, null));

    [Fact]
    public async Task Not_a_container_without_a_limit_of_cpu() =>
        Assert.Empty(await Breakage.FindingsAsync(stack => stack.Set(Deployment, $"{Container}/resources/limits/cpu", null)));

    [Fact]
    public Task A_chart_without_limits() => Breakage.FindsAsync(
        "resource-limits", "Helm release prometheus", "server.resources is without limits.memory",
        stack => stack.Set(Prometheus, "values/server/resources/limits/memory", null));

    [Theory]
    [InlineData("registry.example.com:5000/gopher", "it has no tag")]
    [InlineData("gopher:latest", "the tag latest")]
    [InlineData("registry.example.com:5000/gopher:Main", "the tag Main")]
    public Task An_image_that_is_not_always_the_same(string image, string what) =>
        Breakage.FindsAsync("mutable-image-tag", Requester, what, stack => stack.Set(Deployment, $"{Container}/image", $"\"{image}\""));

    [Theory]
    [InlineData("gopher:1.0")]
    [InlineData("gopher@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("gopher:latest@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Not_an_image_that_is(string image) =>
        Assert.Empty(await Breakage.FindingsAsync(stack => stack.Set(Deployment, $"{Container}/image", $"\"{image}\"")));

    [Theory]
    [InlineData("values/server/image", """{"tag":"latest"}""", "server.image.tag is latest")]
    [InlineData("values/server/image", "\"prom/prometheus:main\"", "server.image is prom/prometheus:main")]
    public Task A_chart_whose_image_is_not_always_the_same(string path, string json, string what) =>
        Breakage.FindsAsync("mutable-image-tag", "Helm release prometheus", what, stack => stack.Set(Prometheus, path, json));

    [Theory]
    [InlineData("\"MUTABLE\"")]
    [InlineData(null)]
    public Task A_repository_whose_tags_move(string? json) => Breakage.FindsAsync(
        "mutable-image-tag", Repository, "MUTABLE", stack => stack.Set(Repository, "imageTagMutability", json));

    [Fact]
    public Task A_repository_that_excepts_every_tag_from_not_moving() => Breakage.FindsAsync(
        "mutable-image-tag", Repository, "excepts every tag",
        stack => stack.Set(Repository, "imageTagMutabilityExclusionFilters", """[{"filter":"*","filterType":"WILDCARD"}]"""));
}

public sealed class SecretRuleTests
{
    private const string Grafana = "kubernetes:helm.sh/v3:Release grafana";
    private const string Environment = "spec/template/spec/containers/0/env/0";

    [Theory]
    [InlineData("values/adminPassword")]
    [InlineData("values/admin/PASSWORD")]
    [InlineData("values/auth/client-secret")]
    [InlineData("values/api_key")]
    [InlineData("values/licenceToken")]
    [InlineData("values/database/pwd")]
    [InlineData("values/userPword")]
    [InlineData("values/client-key-data")]
    [InlineData("repositoryOpts/password")]
    public Task A_secret_by_its_name(string path) => Breakage.FindsAsync(
        "plain-text-secret", "Helm release grafana", "has a secret by its name", stack => stack.Set(Grafana, path, "\"hunter2\""));

    [Theory]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", "a private key")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "an AWS access key id")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "a token of GitHub")]
    [InlineData("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJnb3BoZXIifQ.c2lnbmF0dXJl", "a JSON web token")]
    [InlineData("postgres://gopher:hunter2@db.example.com/x", "a password in a URL")]
    public Task A_secret_by_its_form(string text, string what) => Breakage.FindsAsync(
        "plain-text-secret", "ConfigMap observability/prometheus-config", what,
        stack => stack.Set("kubernetes:core/v1:ConfigMap prometheus-config", "data/notes", $"\"{text}\""));

    [Fact]
    public Task An_environment_variable() => Breakage.FindsAsync(
        "plain-text-secret", "Deployment gophers/gopher-requester", "env[0].value has a secret by its name",
        stack => stack.Set("kubernetes:apps/v1:Deployment gopher-requester", Environment, """{"name":"DB_PASSWORD","value":"hunter2"}"""));

    [Theory]
    [InlineData("data")]
    [InlineData("stringData")]
    public Task Whatever_a_Secret_holds(string field) => Breakage.FindsAsync(
        "plain-text-secret", "Secret gophers/new", $"{field}.key",
        stack => stack.WithObject("v1", "Secret", "gophers/new", $"\"{field}\":{{\"key\":\"value\"}}"));

    [Theory]
    [InlineData("aws:secretsmanager/secretVersion:SecretVersion", """{"secretId":"x","secretString":"hunter2"}""", "secretString")]
    [InlineData("aws:secretsmanager/secretVersion:SecretVersion", """{"secretId":"x","secretBinary":"aHVudGVyMg=="}""", "secretBinary")]
    [InlineData("aws:ssm/parameter:Parameter", """{"type":"SecureString","value":"hunter2"}""", "value")]
    public Task What_aws_keeps_as_a_secret(string type, string inputs, string what) => Breakage.FindsAsync(
        "plain-text-secret", $"{type} data", $"{what} has a secret by its name", stack => stack.With(type, "data", inputs));

    [Fact]
    public async Task Not_a_parameter_that_is_no_secret() => Assert.Empty(await Breakage.FindingsAsync(
        stack => stack.With("aws:ssm/parameter:Parameter", "data", """{"type":"String","value":"hunter2","description":"a name"}""")));

    [Theory]
    [InlineData("client-key-data: LS0tLS1CRUdJTiBSU0E=")]
    [InlineData("client-certificate-data: LS0tLS1C\n    client-key-data: 'LS0tLS1CRUdJTiBSU0E='")]
    [InlineData("token: 0123456789abcdef")]
    [InlineData("token: \"0123456789abcdef\"")]
    public Task A_kubeconfig_that_is_its_own_key(string user) => Breakage.FindsAsync(
        "plain-text-secret", "the stack's outputs", "access has a kubeconfig's key or token",
        stack => stack.WithOutput("access", $"kind: Config\nclusters: []\nusers:\n- name: admin\n  user:\n    {user}\n"));

    [Fact]
    public Task A_kubeconfig_that_is_its_own_key_as_json() => Breakage.FindsAsync(
        "plain-text-secret", "the stack's outputs", "access has a kubeconfig's key or token",
        stack => stack.WithOutput("access", """{"kind":"Config","users":[{"name":"admin","user":{"token":"0123456789abcdef"}}]}"""));

    [Theory]
    [InlineData("exec:\n      command: aws\n      args: [eks, get-token, --cluster-name, gopher-mesh]")]
    [InlineData("tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token")]
    [InlineData("token: $(TOKEN_OF_THE_CLUSTER)")]
    public async Task Not_a_kubeconfig_that_gets_its_key_elsewhere(string user) => Assert.Empty(await Breakage.FindingsAsync(
        stack => stack.WithOutput("access", $"kind: Config\nclusters: []\nusers:\n- name: admin\n  user:\n    {user}\n")));

    [Fact]
    public Task An_output() => Breakage.FindsAsync(
        "plain-text-secret", "the stack's outputs", "adminPassword", stack => stack.WithOutput("adminPassword", "hunter2"));

    [Fact]
    public async Task The_report_does_not_repeat_it()
    {
        var finding = Assert.Single(await Breakage.FindingsAsync(stack => stack.Set(Grafana, "values/adminPassword", "\"hunter2\"")));

        Assert.DoesNotContain("hunter2", finding.Violation.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("values/adminPassword", $"\"{DeclaredResource.Secret}\"")]
    [InlineData("values/adminPassword", "\"\"")]
    [InlineData("values/adminPassword", "\"secret:grafana:admin-password\"")]
    [InlineData("values/adminPassword", "\"$(GRAFANA_PASSWORD)\"")]
    [InlineData("values/automountServiceAccountToken", "false")]
    [InlineData("values/admin/existingSecret", "\"grafana\"")]
    [InlineData("values/tokenEndpoint", "\"https://example.com/token\"")]
    [InlineData("values/env/OLDPWD", "\"/home/grafana\"")]
    public async Task Not_what_only_looks_like_one(string path, string json) =>
        Assert.Empty(await Breakage.FindingsAsync(stack => stack.Set(Grafana, path, json)));
}
