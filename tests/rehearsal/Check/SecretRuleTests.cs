using GopherMesh.Gopherctl.Declarations;

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
    public Task Whatever_a_Secret_holds(string field) => Breakage.FindsAsync("plain-text-secret", "Secret gophers/new", $"{field}.key", stack => stack.WithLast(
        "kubernetes:core/v1:Secret", "new", $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"new","namespace":"gophers"},"{{field}}":{"key":"value"} }"""));

    [Fact]
    public Task An_output() => Breakage.FindsAsync("plain-text-secret", "the stack's outputs", "adminPassword", stack =>
    {
        var outputs = stack.Outputs.DeepClone().AsObject();
        outputs["adminPassword"] = "hunter2";
        return stack with { Outputs = outputs };
    });

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
    public async Task Not_what_only_looks_like_one(string path, string json) =>
        Assert.Empty(await Breakage.FindingsAsync(stack => stack.Set(Grafana, path, json)));
}
