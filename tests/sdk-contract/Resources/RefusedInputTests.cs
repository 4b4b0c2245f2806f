using GopherMesh.Tests.SdkContract.Support;
using Pulumi;

namespace GopherMesh.Tests.SdkContract.Resources;

public sealed class RefusedInputTests
{
    public static TheoryData<object> Unsupported =>
    [
        new { Anonymous = 1 },
        1L,
        1.5f,
        1.5m,
        DateTime.UnixEpoch,
        new HashSet<string> { "a" },
        new Dictionary<int, string> { [1] = "a" },
    ];

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task Types_that_the_engine_does_not_know_are_refused(object value)
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample", new SampleArgs { Anything = value }));

        Assert.Contains("error serializing property \"anything\": ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(
            value is Dictionary<int, string>
                ? "Dictionaries are only supported with string keys:\n\tresource:sample[test:index:Sample].anything"
                : $"{value.GetType().FullName} is not a supported argument type.\n\tresource:sample[test:index:Sample].anything",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_has_to_be_wrapped_in_an_output()
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample", new SampleArgs { Anything = Task.FromResult("a") }));

        Assert.Contains("Tasks are not allowed inside ResourceArgs. Please wrap your Task in an Output:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_argument_that_is_missing_is_named()
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample", new SampleArgs { Nested = new SampleNestedArgs() }));

        Assert.Contains(
            $"[Input] {typeof(SampleNestedArgs).FullName}.Name is required but was not given a value (Parameter 'Name')",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_list_that_is_missing_is_named_by_its_field()
    {
        var failure = await Run.FailureAsync(() => _ = new Pulumi.Kubernetes.Apps.V1.Deployment("d", new()
        {
            Spec = new Pulumi.Kubernetes.Types.Inputs.Apps.V1.DeploymentSpecArgs
            {
                Selector = new Pulumi.Kubernetes.Types.Inputs.Meta.V1.LabelSelectorArgs(),
                Template = new Pulumi.Kubernetes.Types.Inputs.Core.V1.PodTemplateSpecArgs
                {
                    Spec = new Pulumi.Kubernetes.Types.Inputs.Core.V1.PodSpecArgs(),
                },
            },
        }));

        Assert.Contains(
            "[Input] Pulumi.Kubernetes.Types.Inputs.Core.V1.PodSpecArgs._containers is required but was not given a value (Parameter '_containers')",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_has_a_type_and_a_name()
    {
        Assert.Contains("'type' cannot be null or empty.", (await Run.FailureAsync(() => _ = new Bare("", "name"))).Message, StringComparison.Ordinal);
        Assert.Contains("'name' cannot be null or empty.", (await Run.FailureAsync(() => _ = new Bare("a:b:C", ""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_cannot_be_read()
    {
        var failure = await Run.FailureAsync(() => _ = new Component("component", new ComponentResourceOptions { Id = "existing" }));

        Assert.Contains("ResourceOptions.Id is only valid for a CustomResource", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Bare(string type, string name) : CustomResource(type, name, null, new CustomResourceOptions());
}
