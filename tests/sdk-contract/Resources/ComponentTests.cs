using System.Collections.Immutable;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Testing;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Resources;

public sealed class ComponentTests
{
    private const string Stack = "urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack";

    [Fact]
    public async Task A_component_is_registered_without_inputs_and_then_with_its_outputs()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Component("gophers"));

        Assert.Empty(mocks["gophers"].Inputs);
        var outputs = mocks.Outputs.Single(request => request.Urn == $"{Stack}$test:index:Component::gophers");
        Assert.Equal("http://gophers", await OutputUtilities.GetValueAsync(outputs.Outputs["url"]));
    }

    [Fact]
    public async Task The_stack_registers_outputs_too()
    {
        var mocks = await Run.ProgramAsync(() => { });

        var request = Assert.Single(mocks.Outputs);
        Assert.Equal("urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack::gopher-mesh-dev", request.Urn);
        Assert.Empty(request.Outputs);
        Assert.Empty(mocks.Resources);
    }

    [Fact]
    public async Task The_urn_of_a_grandchild_names_only_the_stack_before_its_own_type()
    {
        Sample? grandchild = null;
        await Run.ProgramAsync(() =>
        {
            var parent = new Component("parent");
            var child = new Component("child", new ComponentResourceOptions { Parent = parent });
            grandchild = new Sample("grandchild", null, new CustomResourceOptions { Parent = child });
        });

        Assert.Equal($"{Stack}$test:index:Sample::grandchild", await OutputUtilities.GetValueAsync(grandchild!.Urn));
    }

    [Fact]
    public async Task Outputs_are_registered_by_their_own_names_without_the_urn()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Named());

        var outputs = mocks.Outputs.Single(request => request.Urn.EndsWith("::named", StringComparison.Ordinal)).Outputs;
        Assert.Equal(["Plain", "renamed"], outputs.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("text", await OutputUtilities.GetValueAsync(outputs["Plain"]));
        Assert.True(await Output.IsSecretAsync(outputs["renamed"]));
    }

    [Fact]
    public async Task Outputs_may_be_given_by_name_and_must_be_given()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Explicit(new Dictionary<string, object?> { ["weight"] = 50, ["none"] = null }));
        var failure = await Run.FailureAsync(() => _ = new Explicit(null!));

        var outputs = mocks.Outputs.Single(request => request.Urn.EndsWith("::explicit", StringComparison.Ordinal)).Outputs;
        Assert.Equal(50.0, await OutputUtilities.GetValueAsync(Assert.Single(outputs).Value));
        Assert.Contains("Value cannot be null. (Parameter 'outputs')", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_remote_component_gets_its_outputs_from_the_mock()
    {
        Remote? remote = null;
        var mocks = new RecordingMocks { OnResource = _ => (null, new Dictionary<string, object> { ["kubeconfigJson"] = "{}" }) };
        await Run.ProgramAsync(() => remote = new Remote(), mocks);

        Assert.Equal("{}", await OutputUtilities.GetValueAsync(remote!.KubeconfigJson));
        Assert.Equal("test:index:Remote", mocks["remote"].Type);
    }

    [Fact]
    public async Task Depending_on_a_component_waits_for_what_is_inside_of_it()
    {
        var inside = new TaskCompletionSource();
        var mocks = new SlowMocks(slow: "inside", inside.Task);
        var run = Deployment.TestAsync(mocks, Run.Update, () =>
        {
            var component = new Component("component");
            _ = new Sample("inside", null, new CustomResourceOptions { Parent = component });
            _ = new Sample("after", null, new CustomResourceOptions { DependsOn = [component] });
        });
        inside.SetResult();
        await run;

        Assert.Equal(["component", "inside", "inside answered", "after"], mocks.Log);
    }

    private sealed class Named : ComponentResource
    {
        public Named()
            : base("test:index:Named", "named")
            => RegisterOutputs();

        [Output]
        public string Plain { get; } = "text";

        [Output("renamed")]
        public Output<string> Other { get; } = Output.CreateSecret("hidden");

        public string Ignored { get; } = "not an output";
    }

    private sealed class Explicit : ComponentResource
    {
        public Explicit(IDictionary<string, object?> outputs)
            : base("test:index:Explicit", "explicit")
            => RegisterOutputs(outputs);
    }

    private sealed class Remote() : ComponentResource("test:index:Remote", "remote", ResourceArgs.Empty, null, remote: true)
    {
        [Output("kubeconfigJson")]
        public Output<string> KubeconfigJson { get; private set; } = null!;
    }
}

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_mock_sees_type_name_inputs_and_empty_strings_for_what_is_not_there()
    {
        var sent = (await Run.ProgramAsync(() => _ = new Sample("sample", new SampleArgs { Text = "hello" })))["sample"];

        Assert.Equal(("test:index:Sample", "sample", "", ""), (sent.Type, sent.Name, sent.Provider, sent.Id));
        Assert.Equal("hello", Assert.Single(sent.Inputs).Value);
    }

    [Fact]
    public async Task Reading_a_resource_asks_the_mock_for_its_id()
    {
        Sample? sample = null;
        var mocks = await Run.ProgramAsync(
            () => sample = new Sample("sample", null, new CustomResourceOptions { Id = "existing" }),
            new() { OnResource = _ => ("another", ImmutableDictionary<string, object>.Empty.Add("text", "found")) });

        Assert.Equal("existing", mocks["sample"].Id);
        Assert.Equal("existing", await OutputUtilities.GetValueAsync(sample!.Id));
        Assert.Equal("found", await OutputUtilities.GetValueAsync(sample.Text));
    }

    [Fact]
    public async Task Importing_a_resource_shows_its_id_and_an_empty_one_registers_it()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            _ = new Sample("imported", null, new CustomResourceOptions { ImportId = "i-1" });
            _ = new Sample("registered", null, new CustomResourceOptions { Id = "" });
        });

        Assert.Equal(("i-1", ""), (mocks["imported"].Id, mocks["registered"].Id));
    }

    [Fact]
    public async Task Resources_come_back_in_the_order_of_their_registration_without_the_stack()
    {
        var (resources, outputs) = await Deployment.TestAsync(new RecordingMocks(), Run.Update, () =>
        {
            var first = new Sample("first", new SampleArgs { Text = "a" });
            _ = new Sample("second", new SampleArgs { Text = first.Text });
            return new Dictionary<string, object?> { ["answer"] = 42 };
        });

        Assert.Equal(["first", "second"], resources.Select(resource => resource.GetResourceName()));
        Assert.Equal(42, outputs["answer"]);
    }

    [Fact]
    public async Task A_mock_that_answers_with_something_else_than_a_map_fails_the_program()
    {
        var failure = await Run.FailureAsync(() => _ = new Sample("sample"), new RecordingMocks { OnResource = _ => ("id", "text") });

        Assert.Contains("System.String is not a supported argument type", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mock_need_not_answer_the_registration_of_outputs() => Assert.NotNull((IMocks)new QuietMocks());

    private sealed class QuietMocks : IMocks
    {
        public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args) => throw new NotSupportedException();

        public Task<object> CallAsync(MockCallArgs args) => throw new NotSupportedException();
    }
}
