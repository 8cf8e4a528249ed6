import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CustomersController } from './controllers/customers.controller';
import { DaysController } from './controllers/days.controller';
import { InstitutionsController } from './controllers/institutions.controller';
import { JobsController } from './controllers/jobs.controller';
import { ListingsController } from './controllers/listings.controller';
import { MachineRoomController } from './controllers/machine-room.controller';
import { MoneyController } from './controllers/money.controller';
import { OpenItemsController } from './controllers/open-items.controller';
import { ProposalsController } from './controllers/proposals.controller';
import { ReturnsController } from './controllers/returns.controller';
import { SessionController } from './controllers/session.controller';
import { SettlementsController } from './controllers/settlements.controller';
import { PORTS } from './ports';
import type { BackOfficePorts } from './ports';
import { OperatorGuard } from './session';

/** The back office with what it is given. */
export function backOfficeModule(ports: BackOfficePorts): Type {
  @Module({
    controllers: [
      SessionController,
      InstitutionsController,
      CustomersController,
      MoneyController,
      ListingsController,
      SettlementsController,
      ReturnsController,
      ProposalsController,
      OpenItemsController,
      DaysController,
      JobsController,
      MachineRoomController,
    ],
    providers: [
      { provide: PORTS, useValue: ports },
      { provide: APP_GUARD, useClass: OperatorGuard },
    ],
  })
  class BackOfficeModule {}
  return BackOfficeModule;
}
