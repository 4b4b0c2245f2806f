using GopherMesh.Tests.SdkContract.Support;
using Pulumi;

namespace GopherMesh.Tests.SdkContract.Programs;

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
