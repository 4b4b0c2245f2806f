using System.Collections.Concurrent;
using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Testing;
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
        public Transformed()
            : base(new StackOptions { ResourceTransformations = [Note] })
        {
            var component = new Component("component");
            var first = new Sample("first", null, new CustomResourceOptions { Parent = component });
            _ = new Sample("second", null, new CustomResourceOptions { Parent = component, DependsOn = [first] });
        }

        public static ConcurrentQueue<ResourceTransformationArgs> Seen { get; } = new();

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

public sealed class DeploymentTests
{
    [Fact]
    public async Task A_run_is_a_preview_of_project_and_stack_unless_it_is_told_otherwise()
    {
        await Deployment.TestAsync(new RecordingMocks(), new TestOptions(), () =>
        {
            var run = Deployment.Instance;
            Assert.Equal(("project", "stack", "organization", true), (run.ProjectName, run.StackName, run.OrganizationName, run.IsDryRun));
            Assert.Throws<InvalidOperationException>(() => run.RootDirectory);
        });
        await Deployment.TestAsync(
            new RecordingMocks(),
            new TestOptions { ProjectName = "p", StackName = "s", OrganizationName = "o", IsPreview = false, RootDirectory = "/r" },
            () =>
            {
                var run = Deployment.Instance;
                Assert.Equal(("p", "s", "o", false, "/r"), (run.ProjectName, run.StackName, run.OrganizationName, run.IsDryRun, run.RootDirectory));
            });
    }

    [Fact]
    public void Outside_of_a_run_there_is_no_instance_and_no_resource()
    {
        Assert.Throws<InvalidOperationException>(() => Deployment.Instance);
        Assert.Throws<InvalidOperationException>(() => new Sample("sample"));
        Assert.Throws<InvalidOperationException>(() => Log.Info("nobody listens"));
    }

    [Fact]
    public async Task A_program_may_be_asynchronous_and_give_outputs()
    {
        var (resources, outputs) = await Deployment.TestAsync(new RecordingMocks(), Run.Update, async () =>
        {
            await Task.Yield();
            _ = new Sample("sample");
            return (IDictionary<string, object?>)new Dictionary<string, object?> { ["url"] = "http://gophers" };
        });

        Assert.Equal("sample", Assert.Single(resources).GetResourceName());
        Assert.Equal("http://gophers", outputs["url"]);
    }

    [Fact]
    public async Task A_program_may_be_asynchronous_without_outputs()
    {
        async Task ProgramAsync()
        {
            await Task.Yield();
            _ = new Sample("sample");
        }

        Assert.Single(await Deployment.TestAsync(new RecordingMocks(), Run.Update, ProgramAsync));
    }

    [Fact]
    public async Task The_run_ends_when_everything_that_it_started_has_ended()
    {
        var ended = false;
        await Run.ProgramAsync(() => Output.Create(Task.Run(async () =>
        {
            await Task.Yield();
            ended = true;
            return 1;
        })));

        Assert.True(ended);
    }

    [Fact]
    public async Task Two_runs_do_not_see_each_other()
    {
        var first = await Run.ProgramAsync(() => _ = new Sample("first"));
        var second = await Run.ProgramAsync(() => _ = new Sample("second"));

        Assert.Equal(("first", "second"), (Assert.Single(first.Resources).Name, Assert.Single(second.Resources).Name));
    }
}

public sealed class FailureTests
{
    [Fact]
    public async Task A_run_exception_is_reported_by_its_message_alone()
        => Assert.Equal("canaryWeight is 101", (await Run.FailureAsync(() => throw new RunException("canaryWeight is 101"))).Message);

    [Fact]
    public async Task Any_other_exception_is_reported_as_unhandled_with_its_text()
    {
        var failure = await Run.FailureAsync(() => throw new InvalidOperationException("out of gophers"));

        Assert.StartsWith("Running program '", failure.Message, StringComparison.Ordinal);
        Assert.Contains("' failed with an unhandled exception:\nSystem.InvalidOperationException: out of gophers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_exception_can_hide_its_stack()
        => Assert.Equal("no room", (await Run.FailureAsync(() => throw new ResourceException("no room", null, hideStack: true))).Message);

    [Fact]
    public async Task A_failing_mock_fails_the_program_and_every_output_of_the_resource()
    {
        Sample? sample = null;
        var failure = await Run.FailureAsync(
            () => sample = new Sample("sample"), new() { OnResource = args => throw new NotSupportedException($"unexpected {args.Type}") });

        Assert.Contains("unexpected test:index:Sample", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => Pulumi.Utilities.OutputUtilities.GetValueAsync(sample!.Text));
    }

    [Fact]
    public async Task A_failure_is_only_reported_once_however_many_outputs_it_reaches()
    {
        var failure = await Run.FailureAsync(() =>
        {
            var broken = Output.Create(1).Apply(int (_) => throw new RunException("once"));
            _ = Output.Format($"{broken} {broken.Apply(value => value + 1)}");
        });

        Assert.Equal("once", failure.Message);
    }

    [Fact]
    public async Task Each_logged_error_fails_the_program_and_lesser_messages_do_not()
    {
        await Run.ProgramAsync(() =>
        {
            Log.Debug("debug");
            Log.Info("info");
            Log.Warn("warn");
        });

        var one = await Assert.ThrowsAsync<RunException>(() => Run.ProgramAsync(() => Log.Error("first")));
        var two = await Assert.ThrowsAsync<AggregateException>(() => Run.ProgramAsync(() =>
        {
            Log.Error("first");
            Log.Error("second");
        }));
        Assert.Equal("first", one.Message);
        Assert.Equal(["first", "second"], two.InnerExceptions.Select(inner => Assert.IsType<RunException>(inner).Message).Order());
    }

    [Fact]
    public async Task Resources_that_were_declared_before_a_failure_have_reached_the_mocks()
    {
        var mocks = new RecordingMocks();
        await Run.FailureAsync(
            () =>
            {
                _ = new Sample("before");
                throw new RunException("then nothing");
            },
            mocks);

        Assert.Equal("before", Assert.Single(mocks.Resources).Name);
    }

    [Fact]
    public async Task A_component_that_fails_in_its_constructor_fails_the_program()
        => Assert.Equal("half built", (await Run.FailureAsync(() => _ = new HalfBuilt())).Message);

    [Fact]
    public async Task A_stack_that_fails_in_its_constructor_fails_with_the_constructors_own_exception()
    {
        var failure = await Run.FailureAsync<RunException>(() => Deployment.TestAsync<FailingStack>(new RecordingMocks(), Run.Update));

        Assert.Equal("canaryWeight is 101", failure.Message);
    }

    private sealed class FailingStack : Stack
    {
        public FailingStack() => throw new RunException("canaryWeight is 101");
    }

    private sealed class HalfBuilt : ComponentResource
    {
        public HalfBuilt()
            : base("test:index:HalfBuilt", "half")
            => throw new RunException("half built");
    }
}
