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
              "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"memory": "1Mi"}},
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
