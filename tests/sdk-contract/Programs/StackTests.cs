using System.Collections.Concurrent;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.SdkContract.Programs;

public sealed class StackTests
{
    [Fact]
    public async Task A_stacks_output_properties_are_its_outputs()
    {
        var mocks = new RecordingMocks();
        var resources = await Deployment.TestAsync<Gophers>(mocks, Run.Update);

        Assert.IsType<Gophers>(resources[0]);
        Assert.Equal("pulumi:pulumi:Stack", resources[0].GetResourceType());
        Assert.Equal("gopher-mesh-dev", resources[0].GetResourceName());
        var outputs = mocks.Outputs.Single().Outputs;
        Assert.Equal(["Split", "url"], outputs.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("http://gophers", await OutputUtilities.GetValueAsync(outputs["url"]));
    }

    [Fact]
    public async Task A_stacks_output_must_be_assigned_and_be_an_output()
    {
        var unassigned = await Run.FailureAsync<RunException>(() => Deployment.TestAsync<Unassigned>(new RecordingMocks(), Run.Update));
        var plain = await Run.FailureAsync<RunException>(() => Deployment.TestAsync<Plain>(new RecordingMocks(), Run.Update));

        Assert.Equal("Output(s) 'Url' have no value assigned. [Output] attributed properties must be assigned inside Stack constructor.", unassigned.Message);
        Assert.Equal("Output(s) 'Url' have incorrect type. [Output] attributed properties must be instances of Output<T>.", plain.Message);
    }

    [Fact]
    public async Task A_stacks_transformations_see_every_resource_with_its_parent_and_dependencies()
    {
        Transformed.Seen.Clear();
        await Deployment.TestAsync<Transformed>(new RecordingMocks(), Run.Update);

        Assert.Equal(["gopher-mesh-dev", "component", "first", "second"], Transformed.Seen.Select(seen => seen.Resource.GetResourceName()));
        var second = Transformed.Seen.Last();
        Assert.Equal("component", second.Options.Parent!.GetResourceName());
        var dependency = Assert.Single(await OutputUtilities.GetValueAsync(second.Options.DependsOn.ToOutput()));
        Assert.Equal("first", dependency.GetResourceName());
    }

    [Fact]
    public async Task A_transformation_changes_arguments_and_options_but_not_the_parent()
    {
        static ResourceTransformationResult? Change(ResourceTransformationArgs seen) => seen.Args is SampleArgs
            ? new ResourceTransformationResult(new SampleArgs { Text = "changed" }, seen.Options)
            : null;
        static ResourceTransformationResult? Orphan(ResourceTransformationArgs seen)
            => new ResourceTransformationResult(seen.Args, new CustomResourceOptions());

        var mocks = await Run.ProgramAsync(() =>
        {
            var parent = new Component("parent", new ComponentResourceOptions { ResourceTransformations = [Change] });
            _ = new Sample("sample", new SampleArgs { Text = "declared" }, new CustomResourceOptions { Parent = parent });
        });
        var failure = await Run.FailureAsync(
            () => _ = new Sample("sample", null, new CustomResourceOptions { Parent = new Component("parent"), ResourceTransformations = [Orphan] }));

        Assert.Equal("changed", mocks["sample"].Inputs["text"]);
        Assert.Contains("Transformations cannot currently be used to change the 'parent' of a resource.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_can_come_from_a_service_provider()
    {
        var resources = await Deployment.TestWithServiceProviderAsync<Injected>(new RecordingMocks(), new Services(), Run.Update);

        Assert.Equal(["gopher-mesh-dev", "from the services"], resources.Select(resource => resource.GetResourceName()));
    }

    private sealed class Gophers : Stack
    {
        [Output("url")]
        public Output<string> Address { get; } = Output.Create("http://gophers");

        [Output]
        public Output<int> Split { get; } = Output.Create(50);
    }

    private sealed class Unassigned : Stack
    {
        [Output]
        public Output<string> Url { get; private set; } = null!;
    }

    private sealed class Plain : Stack
    {
        [Output]
        public string Url { get; } = "http://gophers";
    }

    private sealed class Transformed : Stack
    {
        public static ConcurrentQueue<ResourceTransformationArgs> Seen { get; } = new();

        public Transformed()
            : base(new StackOptions { ResourceTransformations = [Note] })
        {
            var component = new Component("component");
            var first = new Sample("first", null, new CustomResourceOptions { Parent = component });
            _ = new Sample("second", null, new CustomResourceOptions { Parent = component, DependsOn = [first] });
        }

        private static ResourceTransformationResult? Note(ResourceTransformationArgs args)
        {
            Seen.Enqueue(args);
            return null;
        }
    }

    private sealed class Injected : Stack
    {
        public Injected(string name) => _ = new Sample(name);
    }

    private sealed class Services : IServiceProvider
    {
        public object? GetService(Type serviceType) => new Injected("from the services");
    }
}
