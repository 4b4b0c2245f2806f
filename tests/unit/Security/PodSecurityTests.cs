namespace GopherMesh.Tests.Unit.Security;

/// <summary>Who sets up the network of a pod, and what the namespace therefore can enforce.</summary>
public class PodSecurityTests
{
    private const string Release = "kubernetes:helm.sh/v3:Release";
    private const string Namespace = "kubernetes:core/v1:Namespace";

    private static Task<StackUnderTest> With(params (string, string)[] changes) => StackUnderTest.DeclareAsync(StackFiles.Local(changes));

    [Fact]
    public async Task Without_the_plugin_the_namespace_warns()
    {
        var stack = await With();
        AssertJson.Equal("""{"istio-injection":"enabled","pod-security.kubernetes.io/warn":"restricted"}""", stack[Namespace, "gophers"].At("metadata.labels"));
        Assert.DoesNotContain(stack.Of(Release), release => release.Name == "istio-cni");
        Assert.Null(stack[Release, "istiod"].At("values.pilot"));
    }

    [Fact]
    public async Task With_the_plugin_the_namespace_enforces()
    {
        var stack = await With(("istioCni", "true"));
        AssertJson.Equal(
            """{"istio-injection":"enabled","pod-security.kubernetes.io/warn":"restricted","pod-security.kubernetes.io/enforce":"restricted"}""",
            stack[Namespace, "gophers"].At("metadata.labels"));
        Assert.True((bool?)stack[Release, "istiod"].At("values.pilot.cni.enabled"));
    }

    [Fact]
    public async Task The_plugin_is_installed_before_all_that_rely_on_it_and_removed_after_them()
    {
        var stack = await With(("istioCni", "true"), ("istioVersion", "1.31.2"));
        var plugin = stack[Release, "istio-cni"];

        Assert.Equal("cni", (string?)plugin.At("chart"));
        Assert.Equal("1.31.2", (string?)plugin.At("version"));
        Assert.Equal("istio-system", (string?)plugin.At("namespace"));
        Assert.Contains($"{Release} istio-base", plugin.DependsOn.Select(dependency => dependency.Key));
        Assert.Contains(plugin, stack[Release, "istiod"].DependsOn);
    }
}
