using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Check;

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
